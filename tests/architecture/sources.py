"""Reading the project's files, and the rules about Python files that import-linter cannot see.

Each rule is a function from the project's folder to its findings, so that it can be proven on a folder with a
planted fault.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.architecture.layers import Layers, Place, place

Rule = Callable[[Path], list[str]]

LINES_AT_MOST = 400
HOOK_LINES_AT_MOST = 5
#: Folders that hold no source of ours.
SKIPPED = frozenset({"var", "media", "node_modules", "__pycache__", "migrations", "locale"})
SHOWN_FOLDERS = frozenset({".ci", ".github"})
#: The one file below the faces that may name `request`, and the methods of Wagtail in it that are handed one.
SERVING = Path("cms/models/serving.py")
WAGTAIL_HOOKS = frozenset({"serve", "serve_preview", "get_context", "get_template", "route"})
#: Files whose classes have a role that Django gives them; a command's `help` says what it does.
SPOKEN_FOR_BY_DJANGO = frozenset({"apps", "management"})
VAGUE_NAMES = frozenset({"utils", "util", "helpers", "helper", "common", "misc"})
TOP_LEVEL = frozenset(
    {
        *("manage.py", "Makefile", "Dockerfile", "compose.yaml", "fly.toml", "Procfile", "pyproject.toml"),
        *("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "LICENSE"),
        *(".importlinter", ".gitignore", ".dockerignore", ".env"),
        *("sparkle_site", "cms", "community", "templates", "locale", "media", "var"),
        *("requirements", "docs", "tests", "bench"),
    }
)
PROJECT_FILES = frozenset(
    {
        *("__init__", "settings", "urls", "api_urls", "asgi", "wsgi", "jobs", "embedded", "serve", "web"),
        *("static", "errors", "health", "metrics", "front"),
    }
)
#: Traces of the desk something was written at, spelt so that they do not match themselves.
TRACES = re.compile(r"/(?:work|root)/|[.]library|bash[_]jobs|[.][.]/shared|\bissue #?\d")


def files(root: Path, *endings: str) -> Iterator[Path]:
    """The project's own files, relative to `root`, sorted; all of them, or those with these endings."""
    for path in sorted(root.iterdir()):
        yield from _below(root, path, endings)


def _below(root: Path, path: Path, endings: tuple[str, ...]) -> Iterator[Path]:
    if path.is_symlink():
        return
    if path.is_dir():
        hidden = path.name.startswith(".") and path.name not in SHOWN_FOLDERS
        if not hidden and path.name not in SKIPPED:
            for child in sorted(path.iterdir()):
                yield from _below(root, child, endings)
    elif not endings or path.suffix in endings:
        yield path.relative_to(root)


def python_files(root: Path) -> Iterator[tuple[Path, Place, ast.Module]]:
    """Each Python file of an app with its place and its syntax tree."""
    for path in files(root, ".py"):
        where = place(path)
        if where is not None:
            yield path, where, ast.parse((root / path).read_text(encoding="utf-8"))


def names_outside_the_list(root: Path) -> list[str]:
    """Every file has one of the names of the architecture; there is no `utils.py`."""
    layers = Layers.read(root)
    found = [f"{path.name}: not a name of the project's tree" for path in _strange_at_the_top(root)]
    for path in files(root):
        if path.stem in VAGUE_NAMES or any(part in VAGUE_NAMES for part in path.parts):
            found.append(f"{path}: a name that says nothing")
        elif path.parts[0] == "sparkle_site" and path.parts[1].removesuffix(".py") not in PROJECT_FILES:
            found.append(f"{path}: not a name of the project's package")
        where = place(path)
        if where is None or where.app in {"facts", "__init__.py"}:
            continue
        if where.name not in layers.file_names(where.app):
            found.append(f"{path}: {where.name} is not one of the names of an app's files")
    return found


def _strange_at_the_top(root: Path) -> list[Path]:
    return [
        path
        for path in sorted(root.iterdir())
        if path.name not in TOP_LEVEL and not (path.is_dir() and path.name.startswith("."))
    ]


def requests_below_the_faces(root: Path) -> list[str]:
    """Nothing below the faces knows a request; services, selectors and permissions take an actor."""
    layers = Layers.read(root)
    found = []
    for path, where, tree in python_files(root):
        if where.name in layers.faces(where.app) or where.name == "__init__":
            continue
        hooks = _short_hooks(tree) if path == SERVING else []
        lines = {line for hook in hooks for line in range(hook.lineno, (hook.end_lineno or 0) + 1)}
        for node in ast.walk(tree):
            if _names_request(node, imports=path != SERVING) and node.lineno not in lines:
                found.append(f"{path}:{node.lineno}: a request below the faces")
    return found


def _names_request(node: ast.AST, *, imports: bool) -> bool:
    return (
        (isinstance(node, ast.arg) and node.arg == "request")
        or (isinstance(node, ast.Name) and node.id == "request")
        or (isinstance(node, ast.Attribute) and node.attr == "request")
        or (imports and isinstance(node, ast.alias) and node.name == "HttpRequest")
    )


def _short_hooks(tree: ast.Module) -> list[ast.FunctionDef]:
    """Wagtail's hooks that are short enough, their docstring not counted."""
    return [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
        and node.name in WAGTAIL_HOOKS
        and (node.end_lineno or 0) - _first_line(node) < HOOK_LINES_AT_MOST
    ]


def _first_line(function: ast.FunctionDef) -> int:
    has_docstring = ast.get_docstring(function) is not None and len(function.body) > 1
    return function.body[1 if has_docstring else 0].lineno


def long_files(root: Path) -> list[str]:
    """No file is longer than the wall. Style sheets may be: without a build step each file is a request."""
    found = []
    for path in files(root, ".py", ".html", ".js"):
        count = len((root / path).read_text(encoding="utf-8").splitlines())
        if count > LINES_AT_MOST:
            found.append(f"{path}: {count} lines, {LINES_AT_MOST} are the wall")
    return found


def objects_fetched_in_faces(root: Path) -> list[str]:
    """Faces get things from selectors, so that unknown and forbidden look the same."""
    layers = Layers.read(root)
    found = []
    for path, where, tree in python_files(root):
        if where.name not in layers.faces(where.app):
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Name | ast.alias) and _name(node) in {
                "get_object_or_404",
                "get_list_or_404",
            }:
                found.append(f"{path}:{node.lineno}: {_name(node)} in a face")
            if _gets_an_object(node):
                found.append(f"{path}:{node.lineno}: objects.get in a face")
    return found


def _gets_an_object(node: ast.AST) -> bool:
    """Is this a call of `get` on a chain that begins with a manager?"""
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "get"):
        return False
    chain = {part.attr for part in ast.walk(node.func) if isinstance(part, ast.Attribute)}
    return bool(chain & {"objects", "_default_manager"})


def _name(node: ast.Name | ast.alias) -> str:
    return node.id if isinstance(node, ast.Name) else node.name


def services_called_by_position(root: Path) -> list[str]:
    """Services take keyword arguments only, `actor` first; of a package, what it exports."""
    found = []
    for path, where, tree in python_files(root):
        if where.name != "services":
            continue
        exported = _exported(root, path)
        for node in tree.body:
            if not isinstance(node, ast.FunctionDef) or node.name.startswith("_"):
                continue
            if exported is not None and node.name not in exported:
                continue
            if node.args.args or node.args.posonlyargs or node.args.vararg:
                found.append(f"{path}:{node.lineno}: {node.name} takes arguments by position")
            names = [argument.arg for argument in node.args.kwonlyargs]
            if "actor" in names[1:]:
                found.append(f"{path}:{node.lineno}: the actor of {node.name} is not its first argument")
    return found


def _exported(root: Path, path: Path) -> set[str] | None:
    """The names that the package `services` around `path` exports; None where services are a single file."""
    parts = path.parts
    if "services" not in parts:
        return None
    package = root.joinpath(*parts[: parts.index("services") + 1])
    return {
        alias.asname or alias.name
        for init in package.rglob("__init__.py")
        for node in ast.walk(ast.parse(init.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }


def missing_docstrings(root: Path) -> list[str]:
    """Modules begin with a sentence; in the middle, the facts and the core all says what it promises."""
    modules = [
        str(path)
        for path in files(root, ".py")
        if path.parts[0] != "bench" and path.name != "__init__.py" and "migrations" not in path.parts
    ]
    middle = [
        str(path)
        for path, where, _tree in python_files(root)
        if (where.app in {"core", "facts"} and where.name not in SPOKEN_FOR_BY_DJANGO)
        or where.name in {"services", "selectors", "permissions"}
    ]
    found = _ruff(root, "D100", modules) + _ruff(root, "D101,D102,D103", middle)
    return [finding for finding in found if "def __call__" not in _line(root, finding)]


def _line(root: Path, finding: str) -> str:
    """The line a finding of ruff is about."""
    path, number = finding.split(":")[:2]
    return (root / path).read_text(encoding="utf-8").splitlines()[int(number) - 1]


def _ruff(root: Path, rules: str, paths: list[str]) -> list[str]:
    """Findings of some of ruff's rules, one a line."""
    command = ["ruff", "check", "--isolated", "--no-cache", "--output-format=concise", f"--select={rules}"]
    ran = subprocess.run(
        [sys.executable, "-m", *command, *paths], cwd=root, capture_output=True, text=True, check=False
    )
    assert ran.returncode in (0, 1), ran.stderr
    return [line for line in ran.stdout.splitlines() if re.search(r":\d+:\d+: [A-Z]+\d+ ", line)]


def banners_and_dead_code(root: Path) -> list[str]:
    """No line is drawn with signs, and no code is kept in comments."""
    banner = re.compile(r"^\s*#\s*(?:[-=*#~]{3,}|.*[-=*#~]{6,}\s*$)")
    found = [
        f"{path}:{number}: a banner line"
        for path in files(root, ".py")
        for number, line in enumerate((root / path).read_text(encoding="utf-8").splitlines(), 1)
        if banner.match(line)
    ]
    return found + _ruff(root, "ERA001", [str(path) for path in files(root, ".py")])


def traces_of_a_desk(root: Path) -> list[str]:
    """Nothing tells of the machine or the desk at which it was written."""
    found = []
    for path in files(root):
        try:
            lines = (root / path).read_text(encoding="utf-8").splitlines()
        except UnicodeDecodeError:
            continue
        for number, line in enumerate(lines, 1):
            trace = TRACES.search(line)
            found += [f"{path}:{number}: {trace[0]}"] if trace else []
    return found
