"""nbgrader's steps on a course folder, in this process: importing nbgrader anew for every step would take longer than the steps."""

import os
from pathlib import Path

from nbgrader.converters.base import BaseConverter
from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import capture_log
from traitlets.config import PyFileConfigLoader

ROOT = Path(__file__).resolve().parents[1]


class StepFailed(Exception):
    """nbgrader refused; the message is its log."""


def run(step: type[BaseConverter], lesson: str, folder: Path = ROOT, student: str = "*", notebook: str = "*") -> str:
    """Run a step (GenerateAssignment, Autograde, …) anew on a lesson of the course in `folder`; returns nbgrader's log.

    Raises StepFailed. With `notebook` given, nbgrader leaves the other files of the lesson as they are.
    """
    config = PyFileConfigLoader("nbgrader_config.py", path=str(folder)).load_config()
    config.CourseDirectory.root = str(folder)
    os.chdir(folder)
    courses = CourseDirectory(config=config, assignment_id=lesson, student_id=student, notebook_id=notebook)
    converter = step(coursedir=courses, config=config)
    converter.force = True
    result = capture_log(converter)
    if not result["success"]:
        raise StepFailed(f"nbgrader's {step.__name__} of {lesson} failed:\n{result.get('log', '')}{result['error']}")
    return result.get("log") or ""
