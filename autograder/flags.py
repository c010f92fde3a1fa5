"""Flags: short sentences on what was odd about a submission, fit to be shown whatever a student wrote into them."""

from collections.abc import Iterable

MOST_FLAGS = 40
MOST_CHARACTERS = 300  # of one flag


def printable(text: str, most: int = MOST_CHARACTERS) -> str:
    """The text on one line, shortened, without characters that steer a terminal, hide, or turn the direction of writing."""
    shortened = text if len(text) <= most else f"{text[: most - 1]}…"
    return "".join(letter if letter.isprintable() else " " if letter.isspace() else "\ufffd" for letter in shortened)


def printable_lines(text: str, most: int = 2000) -> str:
    """A text of several lines, each of them printable."""
    return "\n".join(printable(line, most) for line in text.split("\n"))


def quoted(text: str, most: int = 60) -> str:
    """What a student called something, in quotation marks."""
    return f"'{printable(text, most)}'"


def listed(names: list[str], most: int = 5) -> str:
    """`'a', 'b' and 3 more`: names in quotation marks, and how many there are besides."""
    shown = ", ".join(quoted(name) for name in names[:most])
    return f"{shown} and {len(names) - most} more" if len(names) > most else shown


def a_few(flags: Iterable[str]) -> list[str]:
    """The flags, each once and printable, and no more than a person reads: the last one says how many there are besides."""
    different = list(dict.fromkeys(printable(flag) for flag in flags))
    if len(different) <= MOST_FLAGS:
        return different
    return [*different[: MOST_FLAGS - 1], f"and {len(different) - MOST_FLAGS + 1} flags more"]
