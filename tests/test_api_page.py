"""The API reference says what the docstrings say, of everything that it promises."""

import re
from pathlib import Path

import pytest

import api

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
MODULE = '''"""What it is."""

class Held(dict):
    """What is held."""

    size: int
    _hidden: int = 0

class Made:
    """What is made."""

    def __init__(self, size: int, *, name: str = "a"): ...

    @property
    def large(self) -> bool:
        """Whether it is large."""

    def _hidden(self):
        """Not to be shown."""

def long(first: dict[str, int], second: list[tuple[int, int]] | None = None, *others: object, third: bool) -> None:
    """What it does.

    first: what it takes
    returns: what it gives

    A sentence: it stays one.
    And so does this.
    """

def silent(): ...
'''


@pytest.fixture
def package(tmp_path):
    (tmp_path / "package").mkdir()
    (tmp_path / "package" / "module.py").write_text(MODULE)
    return tmp_path


def test_every_name_on_the_page_is_there():
    text = api.expand(PAGE, ROOT)
    assert not api.MARK.search(text) and text.count("```python") > 60


def test_every_link_within_the_page_has_its_heading():
    text = api.expand(PAGE, ROOT)
    assert set(re.findall(r"\]\(#([\w.-]+)\)", text)) <= set(re.findall(r"\{ #([\w.-]+) \}", text))


def test_every_layer_that_is_given_is_described():
    text = api.reference("autograder.given", ROOT)
    assert all(f"#autograder.given.{name} " in text for name in ("conv2d", "relu", "max_pool2d", "flatten", "dense", "softmax"))


def test_commands_are_described_with_all_that_they_take():
    text = api.commands()
    assert all(f"### autograder {name} " in text for name in ("check", "grade", "leaderboard"))
    assert "| `--student ID` |" in text and "| `--unsafe-no-sandbox` |" in text and "| `NOTEBOOK` |" in text


def test_functions_are_shown_as_they_are_called(package):
    text = api.reference("package.module.long", package)
    assert text.startswith("### long { #package.module.long }")
    arguments = "    first: dict[str, int],\n    second: list[tuple[int, int]] | None = None,\n    *others: object,\n    third: bool,\n"
    assert f"```python\nlong(\n{arguments}) -> None\n```" in text


def test_lines_that_name_arguments_become_a_list_and_others_do_not(package):
    text = api.reference("package.module.long", package)
    assert "- `first`: what it takes\n- `returns`: what it gives\n" in text
    assert text.endswith("A sentence: it stays one.\nAnd so does this.")


def test_classes_are_shown_as_they_are_made_or_by_what_they_hold(package):
    text = api.reference("package.module", package)
    assert "class Held(dict):\n    size: int\n```" in text
    assert "class Made(size: int, *, name: str = 'a')\n```" in text
    assert "@property\nlarge() -> bool\n```\n\nWhether it is large." in text


def test_what_is_private_or_says_nothing_is_left_out(package):
    text = api.reference("package.module", package)
    assert "hidden" not in text and "silent" not in text


@pytest.mark.parametrize("name", ["package.nothing", "package.module.nothing", "package.module.silent", "nothing"])
def test_a_name_that_is_not_there_is_an_error(package, name):
    with pytest.raises(api.UnknownName, match=name.split(".")[-1]):
        api.expand(f"# A page\n\n::: {name}\n", package)
