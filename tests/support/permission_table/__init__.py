"""Who gets which answer where: every route of the site and of the API, for every role."""

from __future__ import annotations

from tests.support.permission_table.api import API
from tests.support.permission_table.rows import ROLES, SOME_ROLES, Row, row
from tests.support.permission_table.site import SITE

__all__ = ["API", "ROLES", "SITE", "SOME_ROLES", "Row", "row"]
