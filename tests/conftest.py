"""What all tests share."""

import os

os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
os.environ.setdefault("MPLBACKEND", "Agg")

import pytest
from hypothesis import HealthCheck, settings

pytest_plugins = ["no_network"]

# How long an example takes says how busy the machine is, and no test here is about that.
settings.register_profile("course", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("course")


SPLIT = ("test_answers", "test_mutants")  # files so long that each lesson's part is for whichever worker is free


@pytest.hookimpl(tryfirst=True)  # before pytest-xdist reads the groups
def pytest_collection_modifyitems(items):
    """Keep the tests of a file on one worker, with the course that its fixtures make."""
    for item in items:
        parameters = item.callspec.params if item.path.stem in SPLIT and hasattr(item, "callspec") else {}
        lesson = parameters["answer"].lesson if "answer" in parameters else getattr(parameters.get("lesson"), "name", "")
        item.add_marker(pytest.mark.xdist_group(f"{item.path.stem} {lesson}".strip()))
