"""nbgrader's configuration: `nbgrader` commands and formgrader work from this folder as it is."""

import os
import sys
import warnings

c = get_config()  # noqa: F821

# nbgrader calls `alembic` by its bare name, so it must be found also when .venv is not activated.
os.environ["PATH"] = os.pathsep.join([os.path.dirname(sys.executable), os.environ.get("PATH", os.defpath)])

c.CourseDirectory.course_id = "layer-by-layer"
c.CourseDirectory.source_directory = "lessons"
c.CourseDirectory.release_directory = "release"
c.CourseDirectory.submitted_directory = "submitted"
c.CourseDirectory.autograded_directory = "autograded"
c.CourseDirectory.feedback_directory = "feedback"
c.CourseDirectory.solution_directory = "solutions"
c.CourseDirectory.ignore = [".ipynb_checkpoints", "*.pyc", "__pycache__", ".pytest_cache", ".DS_Store"]

# SQLAlchemy's remarks on nbgrader's own queries, three of them for every new submission, tell an instructor nothing.
warnings.filterwarnings("ignore", message=".*not in session, add operation along.*")

# Student cells run in a kernel of their own, and our checks outside it: see autograder/nbgrader_plugin.py.
c.Autograde.autograde_preprocessors = [
    "autograder.nbgrader_plugin.Grade",
    "nbgrader.preprocessors.IgnorePattern",
    "nbconvert.preprocessors.ClearMetadataPreprocessor",
    "nbgrader.preprocessors.LimitOutput",
    "nbgrader.preprocessors.SaveAutoGrades",
    "autograder.nbgrader_plugin.SaveBonus",
    "nbgrader.preprocessors.AssignLatePenalties",
    "nbgrader.preprocessors.CheckCellMetadata",
]
c.ClearMetadataPreprocessor.enabled = False  # as nbgrader has it: grade ids live in the metadata

# Lesson 09's solution trains for ten epochs when there is no model.keras to load.
c.Execute.timeout = 1800

# `nbgrader zip_collect`: STUDENT_….ipynb, or the contents of STUDENT_….zip, whatever folders are in it
c.FileNameCollectorPlugin.named_regexp = (
    r".*[\\/]extracted[\\/](?P<student_id>[^_\\/]+)_(?:.*[\\/])?[^\\/]*?(?P<file_id>\d\d-[a-z]+|model|capstone)[^\\/]*\.(?:ipynb|keras)$"
)
c.FileNameCollectorPlugin.valid_ext = [".ipynb", ".keras"]
