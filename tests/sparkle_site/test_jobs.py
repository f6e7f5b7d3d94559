"""Worker and scheduler know every job of every app."""

from __future__ import annotations

import ast
import os
import subprocess
import sys

from tests.architecture.layers import PROJECT

PRINT_JOBS = """
from sparkle_site.serve.preloader import load
load()
from huey.contrib.djhuey import HUEY
print("\\n".join(str(job).partition(":")[0] for job in HUEY._registry.periodic_tasks))
"""


def written() -> set[str]:
    """The periodic jobs in the sources, by their dotted names."""
    found = set()
    for path in [*PROJECT.glob("*/tasks.py"), *PROJECT.glob("community/*/tasks.py")]:
        module = ".".join(path.relative_to(PROJECT).with_suffix("").parts)
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.FunctionDef) and any(
                "periodic" in ast.unparse(each) for each in node.decorator_list
            ):
                found.add(f"{module}.{node.name}")
    return found


def test_every_periodic_job_is_known_to_the_processes_that_run_jobs() -> None:
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "sparkle_site.settings.test"}
    ran = subprocess.run(
        [sys.executable, "-c", PRINT_JOBS], cwd=PROJECT, env=environment, capture_output=True, text=True, check=True
    )
    assert set(ran.stdout.split()) == written()
    assert "cms.tasks.publish_scheduled" in written()
