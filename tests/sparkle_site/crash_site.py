"""Settings of a site whose worker dies at named places, as a file says that may change while it runs."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from sparkle_site import jobs
from sparkle_site.serve import children
from sparkle_site.settings import test

globals().update({name: value for name, value in vars(test).items() if name.isupper()})
children.SHORT_LIFE = 0.0  # whoever dies is started again at once
jobs.SWEEP_SECONDS = 0.3

INSTALLED_APPS = [*test.INSTALLED_APPS, "tests.sparkle_site.crash_app.apps.CrashConfig"]


class _Points(Mapping[str, float]):
    """The chances in the file, as they are now."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def _read(self) -> dict[str, float]:
        chances: dict[str, float] = json.loads(self.path.read_text())
        return chances

    def __getitem__(self, name: str) -> float:
        return self._read()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._read())

    def __len__(self) -> int:
        return len(self._read())


CRASH_POINTS = _Points(Path(os.environ["CRASH_POINTS_FILE"]))
CRASH_SEED = os.environ["CRASH_SEED"]
