"""The rows of the app follows."""

from __future__ import annotations

from tests.support.permission_table.rows import Row

SITE: list[Row] = []
API: list[Row] = []
