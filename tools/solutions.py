"""Make solutions/ from lessons/: `python tools/solutions.py [LESSON …]` runs nbgrader's solution step, which executes every notebook."""

import json
import os
import shutil
import sys
from pathlib import Path

from nbgrader.converters import GenerateAssignment, GenerateSolution

from autograder.lessons import Lesson, UnknownLesson, all_lessons, find_lesson
from course import ROOT, run

# nbgrader executes a solution in the lesson's own folder. This copy of it may fill with what a notebook saves; lessons/ must not, or it would be released.
COURSE = ROOT / "build" / "solutions"

# Figures are kept as SVG, for the website, the same bytes in every run, and as PNG, for JupyterLab, which shows no SVG of a notebook that it does not trust.
FIGURES = {"MATPLOTLIBRC": str(ROOT / "tools" / "matplotlibrc"), "SOURCE_DATE_EPOCH": "315532800"}
IN_BOTH = """
c.Execute.extra_arguments = ["--InlineBackend.figure_formats={'svg', 'png'}"]
"""


def make(lesson: Lesson) -> None:
    """Execute one lesson and put it into solutions/, with the files that it saved: lesson 09 finds the model that it trained last time."""
    target = ROOT / "solutions" / lesson.name
    folder = COURSE / "lessons" / lesson.name
    shutil.rmtree(COURSE, ignore_errors=True)
    folder.mkdir(parents=True)
    (COURSE / "nbgrader_config.py").write_text((ROOT / "nbgrader_config.py").read_text(encoding="utf-8") + IN_BOTH, encoding="utf-8")
    for file in target.glob("*"):
        shutil.copy(file, folder)
    shutil.copy(lesson.path, folder)
    for other in all_lessons().values():  # autograder.mine looks for a student's own layers in the notebooks of earlier lessons
        if other.name < lesson.name:
            (COURSE / "lessons" / other.name).mkdir()
            shutil.copy(other.path, COURSE / "lessons" / other.name)
    run(GenerateAssignment, lesson.name, COURSE)  # nbgrader wants the lesson in its gradebook first
    run(GenerateSolution, lesson.name, COURSE)
    target.mkdir(exist_ok=True)
    for file in folder.glob("*"):
        if file.suffix != ".ipynb":
            shutil.copy(file, target)
    executed = COURSE / "solutions" / lesson.name / lesson.path.name
    (target / lesson.path.name).write_text(tidy(json.loads(executed.read_text(encoding="utf-8"))), encoding="utf-8")


def tidy(notebook: dict) -> str:
    """A solution's text: outputs kept, but nothing of when they were made; a figure is one line, which changes or does not."""
    for cell in notebook["cells"]:
        cell["metadata"].pop("execution", None)
        outputs: list[dict] = []
        for output in cell.get("outputs", []):
            if "image/svg+xml" in output.get("data", {}):
                output["data"]["image/svg+xml"] = "".join(output["data"]["image/svg+xml"])
            if "text" in output and outputs and outputs[-1].get("name") == output["name"]:
                outputs[-1]["text"] += output["text"]  # in how many pieces it came says how busy the machine was
            else:
                outputs.append(output)
        if outputs:
            cell["outputs"] = outputs
    return json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def main() -> None:
    try:
        lessons = [find_lesson(name) for name in sys.argv[1:]] or list(all_lessons().values())
    except UnknownLesson as error:
        print(error, file=sys.stderr)
        sys.exit(2)
    os.environ.update(FIGURES)
    for number, lesson in enumerate(lessons, 1):
        print(f"[{number}/{len(lessons)}] {Path('solutions', lesson.name)}", flush=True)
        make(lesson)


if __name__ == "__main__":
    main()
