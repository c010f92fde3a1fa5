"""Photographs the site, to be looked at, and the tools that the guides speak of: `python website/screenshots.py [site | guides]`.

Of the site: three pages in light, in dark and on a phone, into build/screenshots. For the guides and the README: a digit being read on the live page, and
JupyterLab, formgrader and feedback with a small class, into docs/images.
"""

import contextlib
import io
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from PIL import Image

import serve

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tools")]
from browser import DESKTOP, PHONE, chromium
from pens import draw_with_mouse

IMAGES = ROOT / "docs" / "images"

PAGES = {"home": "index.html", "lesson": "lessons/02-convolution.html", "live": "live/network.html"}
LOOKS = {
    "light": {"viewport": DESKTOP, "color_scheme": "light"},
    "dark": {"viewport": DESKTOP, "color_scheme": "dark"},
    "phone": {"viewport": PHONE, "color_scheme": "light", "device_scale_factor": 2, "is_mobile": True, "has_touch": True},
}
LESSONS = ["01-pixels", "02-convolution", "03-pooling"]
LESSON, EXERCISE = "02-convolution", "correlate2d"
FLIPPED = """def correlate2d(image, kernel):
    image, kernel = np.asarray(image, dtype=float), np.flip(kernel)
    kh, kw = kernel.shape
    result = np.zeros((image.shape[0] - kh + 1, image.shape[1] - kw + 1))
    for i in range(result.shape[0]):
        for j in range(result.shape[1]):
            result[i, j] = np.sum(image[i : i + kh, j : j + kw] * kernel)
    return result"""
REFLECTION = """(a) The filter learns an edge once, from all 676 places together, and finds it everywhere afterwards. So 280 numbers
are enough, and a 7 that stands further left gives the same map, further left.

(b) Scanned forms: a cross in the left box means yes, in the right box no. The filter's answer to the cross is the same in both."""
ANSWERS = {("cleo", EXERCISE): FLIPPED, ("ada", "reflection"): REFLECTION}
# What JupyterLab shows here and not at a student's.
NOT_A_STUDENTS = ["@jupyter/nbgrader", "nbdime-jupyterlab", "@jupyterlab/apputils-extension:announcements"]


def main() -> None:
    wanted = sys.argv[1:] or ["site", "guides"]
    with chromium() as browser:
        if "site" in wanted:
            photograph_site(browser, ROOT / "build" / "site", ROOT / "build" / "screenshots")
        if "guides" in wanted:
            photograph_live(browser, ROOT / "build" / "site", IMAGES / "live.webp")
            with tempfile.TemporaryDirectory() as folder:
                photograph_tools(browser, make_course(Path(folder)), IMAGES)


# --- the site ---


def photograph_site(browser, site: Path, target: Path) -> None:
    """The pages of the built site, each in its looks."""
    target.mkdir(parents=True, exist_ok=True)
    with serve.serving(site) as address:
        for look, options in LOOKS.items():
            with browser.new_context(**options) as context:
                for name, path in PAGES.items():
                    page = context.new_page()
                    page.goto(address + path, wait_until="networkidle")
                    page.screenshot(path=target / f"{name}-{look}.png", full_page=name != "lesson")
                    page.close()


def photograph_live(browser, site: Path, target: Path) -> None:
    """The live page when a 3 has just been drawn: the paper with the network's answer, and below it the feature maps with the sum behind one number."""
    with serve.serving(site) as address, browser.new_page(viewport=DESKTOP) as page:
        page.goto(address + PAGES["live"] + "#conv=21,7,14", wait_until="networkidle")
        draw_with_mouse(page, 3)
        page.get_by_text("says 3").wait_for()
        boxes = [page.locator(place).first.bounding_box() for place in (".live-desk", "#conv", ".live-zoom")]
        left = boxes[0]["x"] - 10
        parts = [
            {"x": left, "y": box["y"] - 10, "width": boxes[0]["width"] + 20, "height": end["y"] + end["height"] - box["y"] + 20}
            for box, end in [(boxes[0], boxes[0]), (boxes[1], boxes[2])]
        ]
        save(target, *(page.screenshot(clip=part, full_page=True) for part in parts))


# --- the tools of the guides ---


def make_course(folder: Path) -> Path:
    """A course folder of the demonstration's class, which has handed in one lesson, has been graded, and given feedback."""
    from nbgrader.api import Gradebook
    from nbgrader.converters import GenerateAssignment, GenerateFeedback

    import demo
    from autograder.lessons import all_lessons
    from course import run

    demo.prepare(folder)
    with (folder / "nbgrader_config.py").open("a") as file:
        file.write(f"\nc.Exchange.root = {str(folder / 'exchange')!r}\n")  # of which formgrader would say that there is none
    (folder / "exchange").mkdir()
    for lesson in LESSONS:
        run(GenerateAssignment, lesson, folder)
    with Gradebook(f"sqlite:///{folder}/gradebook.db") as gradebook:
        for week, lesson in enumerate(LESSONS):
            gradebook.update_or_create_assignment(lesson, duedate=f"2027-01-{11 + 7 * week} 12:00:00 UTC")
    demo.hand_in(folder, all_lessons()[LESSON])
    for (student, cell), source in ANSWERS.items():
        answer(folder / "submitted" / student / LESSON / f"{LESSON}.ipynb", cell, source)
    subprocess.run([sys.executable, "-m", "autograder", "grade", LESSON], cwd=folder, check=True)
    run(GenerateFeedback, LESSON, folder)
    return folder


def answer(path: Path, cell: str, source: str) -> None:
    """Write something else into a cell of a notebook."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    for each in notebook["cells"]:
        if each["metadata"].get("nbgrader", {}).get("grade_id") == cell:
            each["source"] = source
    path.write_text(json.dumps(notebook), encoding="utf-8")


def photograph_tools(browser, course: Path, target: Path) -> None:
    """JupyterLab with a check that says what is wrong, formgrader's list, a reflection there, and feedback."""
    context = browser.new_context(viewport={"width": 1200, "height": 800}, color_scheme="light")
    with context, jupyter(course, NOT_A_STUDENTS) as address:
        page = context.new_page()
        page.goto(f"{address}lab/tree/{notebook_of_a_student(course)}")
        save(target / "check.webp", picture_of_check(page))
        page.goto(f"{address}formgrader/manage_assignments", wait_until="networkidle")
        save(target / "formgrader.webp", page.screenshot(clip={"x": 0, "y": 0, "width": 1200, "height": 630}))
        page.goto(f"{address}formgrader/submissions/{submission_of('ada', course)}/", wait_until="networkidle")
        save(target / "reflection.webp", picture_around(page, page.get_by_role("heading", name="Reflection"), 80, 440))
        page.goto((course / "feedback" / "cleo" / LESSON / f"{LESSON}.html").as_uri())
        save(target / "feedback.webp", picture_around(page, page.get_by_text("The kernel was flipped").first, 260, 560))


def submission_of(student: str, course: Path) -> str:
    """Formgrader's name for what a student has handed in."""
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{course}/gradebook.db") as gradebook:
        return gradebook.find_submission_notebook(LESSON, LESSON, student).id


def notebook_of_a_student(course: Path) -> Path:
    """A student's notebook that is answered up to an exercise, wrongly; its path in the course folder. Running it all stops soon after."""
    work = Path("work") / LESSON / f"{LESSON}.ipynb"
    notebook = json.loads((course / "submitted" / "cleo" / LESSON / f"{LESSON}.ipynb").read_text(encoding="utf-8"))
    cells = notebook["cells"]
    last = next(place for place, cell in enumerate(cells) if cell["metadata"].get("nbgrader", {}).get("grade_id") == f"{EXERCISE}_check")
    notebook["cells"] = cells[: last + 2]
    (course / work).parent.mkdir(parents=True)
    (course / work).write_text(json.dumps(notebook), encoding="utf-8")
    return work


def picture_of_check(page) -> bytes:
    """JupyterLab after it has run all cells, with the check's answer in the middle."""
    page.get_by_text("| Idle").wait_for(timeout=120_000)
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.locator("[data-command='runmenu:run-all']").click()
    said = page.get_by_text("The kernel was flipped")
    said.wait_for(timeout=120_000)
    for _ in range(3):  # what comes into view is drawn only then, and moves what is below
        said.evaluate("element => element.scrollIntoView({block: 'end'})")
        page.wait_for_timeout(1000)
    return page.screenshot()


def picture_around(page, place, above: int, height: int) -> bytes:
    """As much of a page as is `height` high, and begins so many pixels above a place in it."""
    place.evaluate("(element, above) => window.scrollTo(0, element.getBoundingClientRect().top + window.scrollY - above)", above)
    page.wait_for_timeout(500)
    return page.screenshot(clip={"x": 0, "y": 0, "width": 1200, "height": height})


def save(path: Path, *pictures: bytes) -> None:
    """Write a picture, or several one under the other."""
    images = [Image.open(io.BytesIO(picture)) for picture in pictures]
    whole = Image.new("RGB", (max(image.width for image in images), sum(image.height for image in images)), "white")
    for place, image in enumerate(images):
        whole.paste(image, (0, sum(above.height for above in images[:place])))
    whole.save(path, "WEBP", quality=80, method=6)


@contextlib.contextmanager
def jupyter(folder: Path, disabled: list[str]) -> Iterator[str]:
    """JupyterLab in a folder while the block runs, without some of its extensions; yields its address."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    options = [f"--port={port}", "--ip=127.0.0.1", "--no-browser", "--IdentityProvider.token="]
    options += ["--allow-root"] if os.geteuid() == 0 else []
    settings = folder / "settings" / "labconfig" / "page_config.json"
    settings.parent.mkdir(parents=True, exist_ok=True)
    settings.write_text(json.dumps({"disabledExtensions": dict.fromkeys(disabled, True)}))
    process = subprocess.Popen(
        [sys.executable, "-m", "jupyterlab", *options],
        cwd=folder,
        env=os.environ | {"JUPYTER_CONFIG_DIR": str(folder / "settings")},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}/"
    try:
        wait_for(f"{address}api")
        yield address
    finally:
        process.terminate()
        process.wait()


def wait_for(address: str, seconds: float = 60) -> None:
    """Wait until a server answers. Raises TimeoutError."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with contextlib.suppress(URLError), urlopen(address):
            return
        time.sleep(0.2)
    raise TimeoutError(f"{address} does not answer")


if __name__ == "__main__":
    main()
