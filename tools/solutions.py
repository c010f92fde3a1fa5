"""Make solutions/ from lessons/: `python tools/solutions.py [LESSON …]` runs nbgrader's solution step, which executes every notebook."""

import json
import sys

from course import ROOT, run
from nbgrader.converters import GenerateAssignment, GenerateSolution

from autograder.lessons import all_lessons, find_lesson


def tidy(notebook: dict) -> str:
    """A solution's text: outputs kept, but not the times at which they were made."""
    for cell in notebook["cells"]:
        cell["metadata"].pop("execution", None)
    return json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def main() -> None:
    lessons = [find_lesson(name) for name in sys.argv[1:]] or list(all_lessons().values())
    for number, lesson in enumerate(lessons, 1):
        print(f"[{number}/{len(lessons)}] solutions/{lesson.name}", flush=True)
        run(GenerateAssignment, lesson.name)  # nbgrader wants the lesson in its gradebook first
        # For one notebook, nbgrader leaves the lesson's other files alone: lesson 09's trained model.
        run(GenerateSolution, lesson.name, notebook=lesson.name)
        path = ROOT / "solutions" / lesson.name / f"{lesson.name}.ipynb"
        path.write_text(tidy(json.loads(path.read_text(encoding="utf-8"))), encoding="utf-8")


if __name__ == "__main__":
    main()
