"""The documentation is true: its links, commands, addresses, accounts and lists are those of the code."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import call_command, get_commands
from django.core.management.base import CommandError

from cms.demo import DEMO_PASSWORD, demo_accounts
from community.core.management.commands import write_docs
from tests.architecture.layers import PROJECT
from tests.architecture.sources import files
from tests.support.openapi import SITE_API, documented

Finder = Callable[[Path], list[str]]

_LINK = re.compile(r"\[[^\]]+\]\(([^)\s]+)\)")
_QUOTED = re.compile(r"`([^`\n]+)`")
_MAKE = re.compile(r"\bmake ([a-z][a-z-]*)\b")
_MANAGE = re.compile(r"\bmanage\.py ([a-z_]+)")
_OURS = re.compile(r"(?:cms|community|sparkle_site|templates|tests|docs|bench|requirements|locale)/[\w./-]*\w/?")


def pages(root: Path) -> list[tuple[Path, str]]:
    """Every page of the documentation."""
    return [
        (path, (root / path).read_text("utf-8"))
        for path in files(root, ".md")
        if path.parts[0] == "docs" or len(path.parts) == 1
    ]


def broken_links(root: Path) -> list[str]:
    """Links to files that are not there."""
    return [
        f"{path}: {link}"
        for path, text in pages(root)
        for link in _LINK.findall(text)
        if not link.startswith(("http:", "https:", "#", "mailto:"))
        and not (root / path.parent / link.split("#")[0]).exists()
    ]


def unknown_commands(root: Path) -> list[str]:
    """`make` and `manage.py` commands, in code, that do not exist."""
    makefile = (PROJECT / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    found = []
    for path, text in pages(root):
        code = "\n".join(_QUOTED.findall(text) + re.findall(r"```[a-z]*\n(.*?)```", text, re.DOTALL))
        found += [f"{path}: make {name}" for name in _MAKE.findall(code) if name not in targets]
        found += [f"{path}: manage.py {name}" for name in _MANAGE.findall(code) if name not in get_commands()]
    return found


def missing_files(root: Path) -> list[str]:
    """Files and folders of the project that are named and not there."""
    return [
        f"{path}: {name}"
        for path, text in pages(root)
        for name in _QUOTED.findall(text)
        if _OURS.fullmatch(name) and not (PROJECT / name).exists()
    ]


def unlisted_decisions(root: Path) -> list[str]:
    """Decisions that the list of decisions does not name."""
    folder = root / "docs" / "decisions"
    listed = set(_LINK.findall((folder / "README.md").read_text("utf-8")))
    return sorted({path.name for path in folder.glob("[0-9]*.md")} - listed)


RULES: list[Finder] = [broken_links, unknown_commands, missing_files, unlisted_decisions]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_documentation_has_no(rule: Finder) -> None:
    assert rule(PROJECT) == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_planted_faults_are_found(rule: Finder, tmp_path: Path) -> None:
    decisions = tmp_path / "docs" / "decisions"
    decisions.mkdir(parents=True)
    (decisions / "README.md").write_text("[0001](0001-there.md)\n")
    (decisions / "0001-there.md").write_text("Run `make nothing` and `python manage.py nothing`.\n")
    (decisions / "0002-strange.md").write_text("See [this](gone.md) and `cms/gone.py`.\n")
    assert (
        rule(tmp_path)
        == {
            broken_links: ["docs/decisions/0002-strange.md: gone.md"],
            unknown_commands: [
                "docs/decisions/0001-there.md: make nothing",
                "docs/decisions/0001-there.md: manage.py nothing",
            ],
            missing_files: ["docs/decisions/0002-strange.md: cms/gone.py"],
            unlisted_decisions: ["0002-strange.md"],
        }[rule]
    )


def test_the_pages_made_from_the_code_are_up_to_date() -> None:
    call_command("write_docs", "--check", verbosity=0)


def test_a_stale_page_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(write_docs, "MADE", "Made otherwise from {source}.")
    with pytest.raises(CommandError, match=r"docs/settings\.md, docs/facts\.md"):
        call_command("write_docs", "--check")


def test_readme_lists_the_accounts_of_the_demonstration() -> None:
    readme = (PROJECT / "README.md").read_text("utf-8")
    assert f"`{DEMO_PASSWORD}`" in readme
    assert re.findall(r"^\| `(\w+)` \|", readme, re.MULTILINE) == [account["username"] for account in demo_accounts()]


def test_the_page_about_the_api_names_every_operation() -> None:
    table = (PROJECT / "docs" / "api.md").read_text("utf-8").partition("## Operations")[2]
    named = {
        (address, method.strip())
        for line in table.splitlines()
        if line.startswith("| `")
        for address in _QUOTED.findall(line)
        for method in line.split("|")[2].split(",")
    }
    paths = documented(SITE_API).document["paths"]
    assert named == {(path, method.upper()) for path, operations in paths.items() for method in operations}


def test_every_direct_dependency_has_its_line() -> None:
    decision = (PROJECT / "docs" / "decisions" / "0001-dependencies.md").read_text("utf-8")
    listed = {name.lower() for name in re.findall(r"^\| `([\w-]+)` \|", decision, re.MULTILINE)}
    wanted = {
        match[0].lower()
        for path in (PROJECT / "requirements").glob("*.in")
        for line in path.read_text("utf-8").splitlines()
        if (match := re.match(r"[A-Za-z][\w-]*", line))
    }
    assert listed == wanted
