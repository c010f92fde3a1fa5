"""The API reference: in a page, a line `::: autograder.module` or `::: autograder.module.name` becomes what the docstrings there say."""

import ast
import copy
import importlib
import inspect
import re
from pathlib import Path

MARK = re.compile(r"^::: ([\w.]+)$", re.MULTILINE)
WIDEST = 88  # characters of a signature in one line
PARAMETER = re.compile(r"(\w+(?:, \w+)*): (.*)")

Definition = ast.FunctionDef | ast.ClassDef


class UnknownName(ValueError):
    """A page asks for something that the package does not have, or that says nothing of itself; the message names it."""


def expand(page: str, root: Path) -> str:
    """The page, in Markdown, with the reference in the place of its marks. The package is looked for below `root`. Raises UnknownName."""
    return MARK.sub(lambda mark: reference(mark[1], root) + "\n", page)


def reference(name: str, root: Path) -> str:
    """What there is to say of a module, or of one function or class in it: Markdown, with headings of the third level and below.

    Of a module these are its public functions and classes that have a docstring. Raises UnknownName.
    """
    if name == "autograder.cli":
        return commands()
    if (path := _source(name, root)) is not None:
        module = ast.parse(path.read_text(encoding="utf-8"))
        parts = [_definition(node, f"{name}.{node.name}", 4) for node in module.body if isinstance(node, Definition) and _is_public(node)]
        return "\n\n".join([_heading(3, name, name), prose(_docstring(module, name)), *parts])
    owner, _, wanted = name.rpartition(".")
    if (path := _source(owner, root)) is not None:
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, Definition) and node.name == wanted:
                return _definition(node, name, 3)
    raise UnknownName(f"There is no {name}.")


def commands() -> str:
    """The command line, as its own `--help` has it."""
    from typer.main import get_command

    app = importlib.import_module("autograder.cli").app
    return "\n\n".join(_command(command) for command in get_command(app).commands.values())


def prose(docstring: str) -> str:
    """A docstring as Markdown: a paragraph of lines `name: what it is` becomes a list, all others stay what they are."""
    paragraphs = []
    for paragraph in docstring.split("\n\n"):
        found = [PARAMETER.fullmatch(line) for line in paragraph.splitlines()]
        if all(found):
            paragraph = "\n".join(f"- `{line[1]}`: {line[2]}" for line in found)
        paragraphs.append(paragraph)
    return "\n\n".join(paragraphs)


def _source(module: str, root: Path) -> Path | None:
    """The file of a module, or None where there is no such module."""
    path = root.joinpath(*module.split("."))
    return next((file for file in (path.with_suffix(".py"), path / "__init__.py") if file.is_file()), None)


def _is_public(node: Definition) -> bool:
    return not node.name.startswith("_") and ast.get_docstring(node) is not None


def _docstring(node: ast.Module | Definition, name: str) -> str:
    if text := ast.get_docstring(node):
        return text
    raise UnknownName(f"{name} has no docstring.")


def _heading(level: int, text: str, name: str) -> str:
    return f"{'#' * level} {text} {{ #{name} }}"


def _definition(node: Definition, name: str, level: int) -> str:
    parts = [_heading(level, node.name, name), f"```python\n{_signature(node)}\n```", prose(_docstring(node, name))]
    if isinstance(node, ast.ClassDef):
        for method in node.body:
            if isinstance(method, ast.FunctionDef) and _is_public(method):
                parts.append(_definition(method, f"{name}.{method.name}", level + 1))
    return "\n\n".join(parts)


def _signature(node: Definition) -> str:
    """A definition without its body: of a function how it is called, of a class how one is made or what it holds."""
    if isinstance(node, ast.FunctionDef):
        kind = next((f"@{name}\n" for name in map(ast.unparse, node.decorator_list) if name in ("property", "classmethod")), "")
        return kind + _call(node.name, node, f" -> {ast.unparse(node.returns)}" if node.returns else "")
    bases = f"({', '.join(map(ast.unparse, node.bases))})" if node.bases else ""
    for part in node.body:
        if isinstance(part, ast.FunctionDef) and part.name == "__init__":
            return _call(f"class {node.name}", part, "")
    fields = [part for part in node.body if isinstance(part, ast.AnnAssign) and not part.target.id.startswith("_")]
    return "\n    ".join([f"class {node.name}{bases}{':' if fields else ''}", *map(ast.unparse, fields)])


def _call(name: str, node: ast.FunctionDef, returns: str) -> str:
    arguments = copy.deepcopy(node.args)
    if arguments.args and arguments.args[0].arg in ("self", "cls"):
        del arguments.args[0]
    parts = [_spaced(part) for part in _split(ast.unparse(arguments))]
    line = f"{name}({', '.join(parts)}){returns}"
    return line if len(line) <= WIDEST else f"{name}(\n" + "".join(f"    {part},\n" for part in parts) + f"){returns}"


def _split(arguments: str) -> list[str]:
    """The arguments of a signature one by one: cut at the commas that stand in no brackets."""
    parts, depth, start = [], 0, 0
    for place, character in enumerate(arguments):
        depth += (character in "([{") - (character in ")]}")
        if character == "," and not depth:
            parts.append(arguments[start:place].strip())
            start = place + 1
    return [*parts, last] if (last := arguments[start:].strip()) else parts


def _spaced(argument: str) -> str:
    """`seed: int | None=None` with its spaces."""
    return re.sub(r"^(\w+: [^=]+)=", r"\1 = ", argument)


def _command(command) -> str:
    """One of the commands: what it does, an example, and what it is given."""
    named = {"argument": [], "option": []}
    for each in command.params:
        takes = "" if getattr(each, "is_flag", False) else each.metavar or each.name.upper()
        names = each.opts if each.param_type_name == "option" else []
        named[each.param_type_name].append(f"| `{' '.join([*names, takes]).strip()}` | {each.help} |")
    table = "\n".join(["| argument | what it is |", "|---|---|", *named["argument"], *named["option"]])
    heading = _heading(3, f"autograder {command.name}", f"autograder-{command.name}")
    example = f"```\n{command.epilog.removeprefix('Example: ')}\n```"
    return "\n\n".join([heading, inspect.cleandoc(command.help), example, table])
