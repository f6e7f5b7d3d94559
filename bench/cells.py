"""What is measured, and what each figure should reach."""

from __future__ import annotations

import dataclasses

PAGE_QUERIES, LIST_QUERIES = 12, 6
#: Parts of the empty view's rate that an answer made anew should reach: a page, one for somebody known, a list.
PAGE, PAGE_SIGNED_IN, LIST = 1 / 20, 1 / 26, 1 / 9


@dataclasses.dataclass(frozen=True)
class Cell:
    """One row of the table. What it asks stands in bench.subject, by its key."""

    key: str
    title: str
    connections: int = 16
    signed_in: bool = False
    posts: bool = False  # sends something new instead of reading
    reacts: bool = False  # people react to one post and take it back, in turn
    rate: float | None = None  # at least so many answers a second
    of_empty: float | None = None  # at least this part of the empty view's rate
    queries: int | None = None  # at most so many
    of_bare: float | None = None  # at least this part of the bare function's rate
    p99: float | None = None  # milliseconds, at most
    kept: bool = False  # by a browser without cookies, from the page cache; else a cookie makes Django answer


#: A hit of the page cache: parts of the bare function's rate, times the empty view's, milliseconds.
HIT, HIT_LIST, HIT_TIMES, HIT_P99 = 0.6, 0.2, 6.0, 10.0

CELLS = [
    Cell("home_kept", "home, kept", kept=True, of_bare=HIT, of_empty=HIT_TIMES, p99=HIT_P99),
    Cell("post_kept", "post, kept", kept=True, of_bare=HIT, of_empty=HIT_TIMES, p99=HIT_P99),
    Cell("category_kept", "category, kept", kept=True, of_bare=HIT, of_empty=HIT_TIMES, p99=HIT_P99),
    Cell("list_kept", "JSON list of 20 posts, kept", kept=True, of_bare=HIT_LIST, p99=HIT_P99),
    Cell("home", "home, guest", of_empty=PAGE, queries=PAGE_QUERIES),
    Cell("post", "post, guest", of_empty=PAGE, queries=PAGE_QUERIES),
    Cell("post_in", "post, signed in", signed_in=True, of_empty=PAGE_SIGNED_IN, queries=PAGE_QUERIES),
    Cell("feed_in", "feed, signed in", signed_in=True, of_empty=PAGE_SIGNED_IN, queries=PAGE_QUERIES),
    Cell("feed_list_in", "JSON feed of 20 posts", signed_in=True, of_empty=LIST, queries=PAGE_QUERIES),
    Cell("author", "author page, guest", of_empty=PAGE, queries=PAGE_QUERIES),
    Cell("section", "section, guest", of_empty=PAGE, queries=PAGE_QUERIES),
    Cell("series", "series, guest", of_empty=PAGE, queries=PAGE_QUERIES),
    Cell("directory", "directory, guest", of_empty=PAGE, queries=PAGE_QUERIES),
    Cell("category", "category, guest", of_empty=PAGE, queries=PAGE_QUERIES),
    Cell("tag", "tag, guest", of_empty=PAGE, queries=PAGE_QUERIES),
    Cell("search", "search, guest", of_empty=PAGE, queries=PAGE_QUERIES),
    Cell("search_list", "JSON search", of_empty=LIST, queries=PAGE_QUERIES),
    Cell("suggest", "JSON suggestions", of_empty=LIST, queries=LIST_QUERIES),
    Cell("list", "JSON list of 20 posts", of_empty=LIST, queries=LIST_QUERIES),
    Cell("detail", "JSON post", of_empty=LIST, queries=LIST_QUERIES),
    Cell("comments", "JSON list of 20 comments", of_empty=LIST, queries=LIST_QUERIES),
    Cell("talk", "all comments of a post, guest", of_empty=PAGE, queries=PAGE_QUERIES),
    Cell("offline", "offline page", queries=0),
    Cell("static", "static file"),
    Cell("create_1", "new post by API, 1 at a time", connections=1, posts=True),
    Cell("create_8", "new post by API, 8 at a time", connections=8, posts=True),
    Cell("react_1", "reaction by API, 1 at a time", connections=1, reacts=True, rate=95),
    Cell("react_8", "reaction by API, 8 at a time", connections=8, reacts=True, rate=200),
    Cell("react_16", "reaction by API, 16 at a time", connections=16, reacts=True, rate=200),
    Cell("comment_1", "new comment by API, 1 at a time", connections=1, posts=True, rate=95),
    Cell("comment_8", "new comment by API, 8 at a time", connections=8, posts=True, rate=200),
]

#: Whose reactions are measured: all to one post.
REACTING = ("creator", "fan", "verified-creator", "editor")

#: The drawn pictures of the demonstration: just large enough for both widths of a card.
PICTURE_SCALE = 0.25
CALM_SECONDS = 600
BUSY = 0.1
COLD_START_SECONDS = 3.5
MEMORY_MB = 450
WEIGHT_KB = 90
REQUESTS = 12
