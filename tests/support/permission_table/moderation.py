"""The rows of the app moderation."""

from __future__ import annotations

from tests.support.permission_table.rows import Row

SITE: list[Row] = []
API: list[Row] = []
