"""Who gets which answer where: every route of the site and of the API, for every role."""

from __future__ import annotations

from tests.support.permission_table import (
    api,
    bookmarks,
    comments,
    feeds,
    follows,
    moderation,
    polls,
    reactions,
    site,
)
from tests.support.permission_table.rows import OTHER, READ_TOKEN, ROLES, Row, row

__all__ = ["API", "OTHER", "READ_TOKEN", "ROLES", "SITE", "Row", "row"]

PARTS = (follows, reactions, comments, moderation, bookmarks, polls, feeds)
SITE: list[Row] = [*site.SITE, *(each for part in PARTS for each in part.SITE)]
API: list[Row] = [*api.API, *(each for part in PARTS for each in part.API)]
