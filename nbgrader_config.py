"""nbgrader's configuration: `nbgrader` commands and formgrader work from this folder as it is."""

import os
import sys
import warnings

import nbgrader
from nbgrader.coursedir import CourseDirectory

import autograder

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

# nbgrader calls this where a timestamp.txt says no time, and does not have it. Such a submission now counts as one without a time.
if not hasattr(CourseDirectory, "fail"):
    CourseDirectory.fail = lambda courses, message: courses.log.warning(message)

# Submissions are read and run by our own grader, in its sandbox: see autograder/nbgrader_plugin.py.
c.Autograde.exporter_class = "autograder.nbgrader_plugin.SubmissionExporter"
c.Autograde.pre_convert_hook = "autograder.nbgrader_plugin.before_copying"
c.Autograde.autograde_preprocessors = [
    "autograder.nbgrader_plugin.Grade",
    "nbgrader.preprocessors.IgnorePattern",
    "nbconvert.preprocessors.ClearMetadataPreprocessor",
    "nbgrader.preprocessors.LimitOutput",
    "nbgrader.preprocessors.SaveAutoGrades",
    "autograder.nbgrader_plugin.SaveBonus",
    "autograder.nbgrader_plugin.SaveComments",
    "nbgrader.preprocessors.AssignLatePenalties",
    "nbgrader.preprocessors.CheckCellMetadata",
]
c.ClearMetadataPreprocessor.enabled = False  # as nbgrader has it: grade ids live in the metadata

# Pages that show what students wrote run nothing and ask no other computer for anything: see autograder/feedback.py.
c.GenerateFeedback.exporter_class = "autograder.feedback.FeedbackExporter"
c.HTMLExporter.sanitize_html = True
c.HTMLExporter.filters = {name: f"autograder.feedback.{name}" for name in ("clean_html", "highlight_code", "markdown2html")}
c.HTMLExporter.preprocessors = ["autograder.feedback.SafeOutputs"]
c.HTMLExporter.extra_template_basedirs = [
    os.path.join(os.path.dirname(autograder.__file__), "templates"),
    os.path.join(os.path.dirname(nbgrader.__file__), "server_extensions", "formgrader", "templates"),
]

# Lesson 09's solution trains for ten epochs when there is no model.keras to load.
c.Execute.timeout = 1800

# `nbgrader zip_collect`: STUDENT_….ipynb, or the contents of STUDENT_….zip, whatever folders are in it
c.FileNameCollectorPlugin.named_regexp = (
    r".*[\\/]extracted[\\/](?P<student_id>[^\W_](?:[^\W_]|[.@-])*)_"
    r"(?:.*[\\/])?[^\\/]*?(?P<file_id>\d\d-[a-z]+|model|capstone)[^\\/]*\.(?:ipynb|keras)$"
)
c.FileNameCollectorPlugin.valid_ext = [".ipynb", ".keras"]
