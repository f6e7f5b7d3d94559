"""Guests' pages, answered before Django is asked: docs/decisions/0010-page-cache.md says why it is so.

asking.py   which requests may be answered from the cache, and by which key
entries.py  a kept answer: its headers, its bytes, and what makes it old
shared.py   Redis: the generations of what pages show, and pages other processes have made
cache.py    answering: from memory, from Redis, or by one rendering for all who wait
"""

from sparkle_site.front.cache import PageCache

__all__ = ["PageCache"]
