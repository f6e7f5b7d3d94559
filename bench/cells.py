"""What is measured, and what each figure should reach at least."""

from __future__ import annotations

import dataclasses

PAGE_QUERIES, LIST_QUERIES = 12, 6


@dataclasses.dataclass(frozen=True)
class Cell:
    """One row of the table."""

    key: str
    title: str
    connections: int = 16
    signed_in: bool = False
    posts: bool = False  # sends a new post instead of reading
    of_empty: float | None = None  # at least this part of the empty view's rate
    per_second: float | None = None  # at least this many a second
    queries: int | None = None  # at most so many


CELLS = [
    Cell("home", "home, guest", of_empty=1 / 20, queries=PAGE_QUERIES),
    Cell("section", "section, guest", of_empty=1 / 20, queries=PAGE_QUERIES),
    Cell("author", "author page, guest", of_empty=1 / 20, queries=PAGE_QUERIES),
    Cell("post", "post, guest", of_empty=1 / 20, queries=PAGE_QUERIES),
    Cell("post_in", "post, signed in", signed_in=True, of_empty=1 / 26, queries=PAGE_QUERIES),
    Cell("search", "search, guest", queries=PAGE_QUERIES),
    Cell("list", "JSON list of 20", of_empty=1 / 9, queries=LIST_QUERIES),
    Cell("detail", "JSON post", of_empty=1 / 9, queries=LIST_QUERIES),
    Cell("search_list", "JSON search", queries=PAGE_QUERIES),
    Cell("suggest", "JSON suggestions", queries=LIST_QUERIES),
    Cell("create_1", "new post by API, 1 at a time", connections=1, posts=True),
    Cell("create_8", "new post by API, 8 at a time", connections=8, posts=True),
]

COLD_START_SECONDS = 3.5
MEMORY_MB = 450
WEIGHT_KB = 90
REQUESTS = 12
