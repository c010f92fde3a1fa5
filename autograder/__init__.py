"""The grader of Layer by Layer. In a notebook: `from autograder import check`, then `check("conv2d")`.

Importing this package costs next to nothing: whatever is heavy is imported where it is used.
"""

import os
import sys

# A grammar of addresses, none of which a notebook has. jsonschema, and nbformat with it, would compile it whenever it is imported: for most of a second.
sys.modules.setdefault("rfc3987_syntax", None)

__all__ = ["check", "is_grading"]


def is_grading() -> bool:
    """Whether this notebook is being run by the grader rather than by its student."""
    return os.environ.get("AUTOGRADER_GRADING") == "1"


def check(exercise: str) -> float | None:
    """Check one exercise of the notebook that calls it, and show the points earned and what is right or wrong.

    Under nbgrader it returns the points. While our own grader runs the notebook it does nothing: that grader's checks run elsewhere.
    """
    if is_grading():
        return None
    from autograder.notebook import check_here

    return check_here(exercise)
