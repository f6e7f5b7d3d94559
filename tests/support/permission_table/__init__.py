"""Who gets which answer where: every route of the site and of the API, for every role."""

from __future__ import annotations

from tests.support.permission_table.api import API
from tests.support.permission_table.rows import OTHER, READ_TOKEN, ROLES, Row, row
from tests.support.permission_table.site import SITE

__all__ = ["API", "OTHER", "READ_TOKEN", "ROLES", "SITE", "Row", "row"]
