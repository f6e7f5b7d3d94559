"""Who may import whom: the contracts of .importlinter hold, and each catches a planted fault."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.layers import PROJECT, Layers, entries

DOORS = {"services", "selectors", "permissions", "models", "choices", "rules"}
#: Of the core, what is no mechanism for the middle: faces, what reads requests for them, jobs.
NOT_OF_THE_MIDDLE = {
    *("apps", "api", "management", "middleware", "views", "integrity_checks", "templatetags"),
    *("addresses", "api_address", "caching", "tasks"),
}

#: Modules planted into a copy of the packages; they stand for apps and files that may come.
PLANTED = {
    "community/accounts/fields.py": "import cms.choices",
    "cms/fields.py": "import sparkle_site.jobs",
    "community/moderation/__init__.py": "",
    "community/moderation/models.py": "",
    "community/strange/__init__.py": "",
    "community/comments/__init__.py": "",
    "community/comments/services.py": "import community.gamification.services",
    "community/comments/rules.py": "import community.reactions.rules",
    "community/reactions/__init__.py": "",
    "community/reactions/rules.py": "",
    "community/gamification/__init__.py": "",
    "community/gamification/services.py": "",
    "community/follows/__init__.py": "",
    "community/follows/models.py": "import community.moderation.models",
    "community/follows/permissions.py": "import community.follows.fields",
    "community/follows/fields.py": "from rest_framework import fields",
    "community/follows/rules.py": "from community.accounts import adapters",
    "community/follows/views.py": "from community.core.api import errors",
    "community/follows/api/__init__.py": "",
    "community/follows/api/views.py": "from community.core.api import errors",
    "community/follows/services.py": "import community.follows.tasks",
    "community/follows/tasks.py": "",
    "cms/forms.py": "from cms import views",
    "cms/client.py": "from cms import models",
    "community/core/mail.py": "from community.core import tasks",
    "community/core/strange.py": "",
    "community/facts/planted.py": "from django.conf import settings",
    "sparkle_site/embedded/planted.py": "from django.db import connection",
}
#: contract → what its report must name
FAULTS = {
    "packages": ["community.accounts.fields -> cms.choices", "cms.fields -> sparkle_site.jobs"],
    "apps": [
        "community.follows.models -> community.moderation.models",
        "community.comments.rules -> community.reactions.rules",
        "community.strange",
    ],
    "files": ["cms.forms -> cms.views", "cms.client -> cms.models"],
    "core": ["community.core.mail -> community.core.tasks", "community.core.strange"],
    "tasks": ["community.follows.services -> community.follows.tasks"],
    "middle": [
        "community.follows.permissions -> community.follows.fields",
        "community.follows.fields -> rest_framework",
    ],
    "facts": ["community.facts.planted -> django"],
    "doors": [
        "community.follows.rules -> community.accounts.adapters",
        "community.follows.views -> community.core.api.errors",
    ],
    "launcher": ["sparkle_site.embedded.planted -> django"],
    "awards": ["community.comments.services -> community.gamification.services"],
}


def lint(folder: Path) -> str:
    """What `lint-imports` says about the packages in `folder`."""
    program = "import sys; from importlinter.cli import lint_imports_command; sys.exit(lint_imports_command())"
    ran = subprocess.run(
        [sys.executable, "-c", program, "--no-cache", "--no-logo"],
        cwd=folder,
        env={"PYTHONPATH": str(folder), "COLUMNS": "300", "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    return ran.stdout + ran.stderr


def sections(report: str) -> dict[str, str]:
    """The part about each broken contract, by its name."""
    _before, _heading, broken = report.partition("Broken contracts")
    parts = re.split(r"^(\S.*)\n-+\n", broken, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


@pytest.fixture(scope="module")
def report_of_planted_faults(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("planted")
    for package in ("sparkle_site", "cms", "community"):
        ignored = shutil.ignore_patterns("static", "templates", "migrations", "__pycache__")
        shutil.copytree(PROJECT / package, folder / package, ignore=ignored)
    shutil.copy(PROJECT / ".importlinter", folder)
    for name, source in PLANTED.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source + "\n", encoding="utf-8")
    return sections(lint(folder))


def test_all_contracts_are_kept() -> None:
    report = lint(PROJECT)
    assert re.search(rf"^Contracts: {len(Layers.read().contracts)} kept, 0 broken\.$", report, re.M), report


@pytest.mark.parametrize("contract", Layers.read().contracts)
def test_each_contract_catches_a_planted_fault(contract: str, report_of_planted_faults: dict[str, str]) -> None:
    section = report_of_planted_faults[Layers.read().contracts[contract]["name"]]
    for fault in FAULTS[contract]:
        assert fault in section


def test_the_api_of_an_app_may_use_the_kernel(report_of_planted_faults: dict[str, str]) -> None:
    assert all("community.follows.api.views" not in section for section in report_of_planted_faults.values())


def test_only_the_kernel_of_the_api_is_an_exception() -> None:
    ignored = [
        line for contract in Layers.read().contracts.values() for line in entries(contract.get("ignore_imports", ""))
    ]
    assert ignored == [
        "community.*.api.** -> community.core.api.**",
        "cms.api.** -> community.core.api.**",
    ]


def test_every_app_is_held_to_the_order_of_files() -> None:
    apps = {f"community.{path.parent.name}" for path in PROJECT.glob("community/*/apps.py")}
    containers = set(entries(Layers.read().contracts["files"]["containers"]))
    assert containers == {"cms", *apps} - {"community.core"}


def test_every_file_of_an_app_is_a_door_or_closed() -> None:
    layers = Layers.read()
    closed = set(entries(layers.contracts["doors"]["forbidden_modules"]))
    for app in {path.parent.name for path in PROJECT.glob("community/*/apps.py")} - {"core"}:
        for name in set().union(*layers.files) - DOORS:
            exists = any((PROJECT / "community" / app).glob(f"{name}*"))
            covered = f"community.*.{name}" in closed or f"community.{app}.{name}" in closed
            assert covered or not exists, f"community.{app}.{name} is open to other apps"


def test_every_mechanism_of_the_core_belongs_to_the_middle() -> None:
    layers = Layers.read()
    sources = set(entries(layers.contracts["middle"]["source_modules"]))
    for path in (PROJECT / "community" / "core").iterdir():
        name = path.stem
        if name in set().union(*layers.core) - NOT_OF_THE_MIDDLE and name != "models":
            assert f"community.core.{name}" in sources, f"community.core.{name} may import anything"
