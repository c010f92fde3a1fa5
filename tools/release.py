"""Make what a student gets: the release notebooks (nbgrader's own step) in release/, and student.zip around them."""

import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from nbgrader.converters import GenerateAssignment

from autograder.lessons import all_lessons
from course import ROOT, run

# What grades a class: it takes Linux, nbgrader and more, and no student needs it.
INSTRUCTORS = ["__pycache__", "classroom.py", "confinement.py", "feedback.py", "gradebook.py", "nbgrader_plugin.py"]
INSTRUCTORS += ["sandbox.py", "sandboxed.py", "templates", "worker.py", "zygote.py"]
WHEEL_SOURCES = ["pyproject.toml", "README.md", "LICENSE", "LICENSE-TEXT"]


def release(folder: Path = ROOT) -> list[Path]:
    """Run nbgrader's release step on every lesson of the course in `folder`; returns the student notebooks."""
    notebooks = []
    for number, name in enumerate(all_lessons(), 1):
        print(f"[{number}/{len(all_lessons())}] release/{name}", flush=True)
        run(GenerateAssignment, name, folder)
        notebooks.append(folder / "release" / name / f"{name}.ipynb")
    return notebooks


def build_wheel(notebooks: list[Path], folder: Path) -> Path:
    """Build the autograder package in `folder`, as a wheel, with the release notebooks in the place of the lessons."""
    source = folder / "source"
    shutil.copytree(ROOT / "autograder", source / "autograder", ignore=shutil.ignore_patterns(*INSTRUCTORS))
    released = source / "autograder" / "released"
    released.mkdir()
    for notebook in notebooks:
        shutil.copy(notebook, released)
    (source / "data").mkdir()
    for file in [*WHEEL_SOURCES, "data/README.md"]:
        shutil.copy(ROOT / file, source / file)
    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--no-deps",
        "--no-build-isolation",
        "--wheel-dir",
        str(folder),
        str(source),
    ]
    subprocess.run(command, check=True, env=os.environ | {"SOURCE_DATE_EPOCH": "315532800", "PIP_DISABLE_PIP_VERSION_CHECK": "1"})
    return next(folder.glob("*.whl"))


def pack(notebooks: list[Path], target: Path) -> None:
    """Write student.zip: notebooks, package, data, requirements and a page that says how to begin."""
    with tempfile.TemporaryDirectory() as folder:
        _pack(notebooks, build_wheel(notebooks, Path(folder)), target)


def _pack(notebooks: list[Path], wheel: Path, target: Path) -> None:
    # The package stands first, so that pip names a Python that is too old or too new before it looks for anything else.
    requirements = f"./{wheel.name}\n" + (ROOT / "student" / "requirements.txt").read_text()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(ROOT / "student" / "README.md", "README.md")
        listed = zipfile.ZipInfo("requirements.txt")
        listed.external_attr = 0o644 << 16  # readable by all, as the other files are
        archive.writestr(listed, requirements)
        archive.write(wheel, wheel.name)
        for file in ["mnist.npz", "network.safetensors", "README.md"]:
            archive.write(ROOT / "data" / file, f"data/{file}")
        for notebook in notebooks:
            archive.write(notebook, f"{notebook.stem}/{notebook.name}")


def main() -> None:
    target = ROOT / "student.zip"
    pack(release(), target)
    print(f"{target.name}: {target.stat().st_size / 1e6:.1f} MB, ready to hand out")


if __name__ == "__main__":
    main()
