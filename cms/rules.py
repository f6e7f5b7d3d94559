"""Pure functions about content: which block holds some HTML, addresses of pages, headings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from bs4 import BeautifulSoup
from wagtail.rich_text import RichText

from cms.choices import RICH_TEXT_TAGS
from community.core import text
from community.polls.choices import Results
from community.polls.rules import Wanted

_HEADINGS = re.compile(r"<h([23])[^>]*>(.*?)</h\1>", re.DOTALL)
_TAG = re.compile(r"<([a-z0-9]+)")
#: What the pages around a text use as ids themselves.
_PAGE_IDS = ("content", "finder", "related", "series", "toc")


def content_blocks(html: str) -> list[tuple[str, object]]:
    """The blocks that hold `html`, cleaned: one rich text where the editor can show it without loss, else HTML.

    Nothing but white space gives no block.
    """
    cleaned = text.clean_html(html)
    if not cleaned.strip():
        return []
    if not cleaned.lstrip().startswith("<"):
        paragraphs = re.split(r"\n\s*\n", cleaned.strip())
        cleaned = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
        cleaned = text.clean_html(cleaned)
    if set(_TAG.findall(cleaned)) <= RICH_TEXT_TAGS:
        return [("rich_text", RichText(cleaned))]
    return [("html", cleaned)]


def address(url_path: str) -> str:
    """The address of a page on the site, from Wagtail's `url_path`, whose first part is the home page's slug."""
    return "/" + url_path.split("/", 2)[2]


def headings(html: str) -> list[str]:
    """The words of each heading of second and third level."""
    return [
        " ".join(BeautifulSoup(inner, "html.parser").get_text().split()) for _level, inner in _HEADINGS.findall(html)
    ]


def table_of_contents(body: Any) -> list[dict[str, str]]:
    """Text and anchor of each heading of a body's texts, in order; anchors are unique.

    What stands aside, in call-outs and spoilers, is no part of it and has no anchors.
    """
    taken = new_anchors()
    return [{"text": words, "id": anchor(words, taken)} for source in _texts(body) for words in headings(source)]


def _texts(body: Any) -> Iterator[str]:
    """The HTML of a body's texts in the order of the page, those of reusable content included."""
    for child in body:
        if child.block_type == "rich_text":
            yield child.value.source
        elif child.block_type == "html":
            yield child.value
        elif child.block_type == "reusable" and child.value is not None:
            yield from _texts(child.value.body)


def videos_in(body: Any) -> list[str]:
    """The ids of a body's videos in the order of the page, each once, those of reusable content included."""
    return list(dict.fromkeys(_videos(body)))


def _videos(body: Any) -> Iterator[str]:
    for child in body:
        if child.block_type == "video" and child.value.video_id:
            yield child.value.video_id
        elif child.block_type == "reusable" and child.value is not None:
            yield from _videos(child.value.body)


def poll_in(body: Any) -> tuple[int, Wanted] | None:
    """The poll of a body and its place there, from 0; None without one. Of several the first."""
    # Other blocks are left unread: choosers among them ask the database.
    place = next((place for place, raw in enumerate(body.raw_data) if raw["type"] == "poll"), None)
    if place is None:
        return None
    value = body[place].value
    return place, Wanted(
        question=value["question"],
        options=tuple(str(option) for option in value["options"]),
        multiple=bool(value.get("multiple")),
        ends_at=value.get("ends_at"),
        results=value.get("results") or Results.VOTED,
    )


def new_anchors() -> dict[str, int]:
    """How often each id is used on a page before its text begins."""
    return dict.fromkeys(_PAGE_IDS, 1)


def anchor(words: str, taken: dict[str, int]) -> str:
    """An id for a heading; `taken` counts those that are used on the page."""
    base = text.make_slug(words, fallback="part")
    taken[base] = taken.get(base, 0) + 1
    if taken[base] == 1:
        return base
    while (numbered := f"{base}-{taken[base]}") in taken:
        taken[base] += 1
    taken[numbered] = 1
    return numbered


def anchored(html: str, taken: dict[str, int]) -> str:
    """`html` with the anchors of its headings; the counterpart of table_of_contents."""

    def with_id(match: re.Match[str]) -> str:
        level, inner = match.groups()
        words = " ".join(BeautifulSoup(inner, "html.parser").get_text().split())
        return f'<h{level} id="{anchor(words, taken)}">{inner}</h{level}>'

    return _HEADINGS.sub(with_id, html)


#: Half of what somebody read counts no more after so many days.
READ_HALF_LIFE_DAYS = 30
#: What “For you” adds to a post's score: one point makes up for 12.5 hours, or for ten times the weight.
FOLLOWED_PERSON, FOLLOWED_TOPIC, SHARED, REACTED, REACTED_MAX, READ = 2.0, 1.0, 1.0, 0.5, 3, 2.0


def for_you_points(score: float, *, person: bool, topic: bool, shared: bool, reacted: int, read_share: float) -> float:
    """The place of a post in “For you”: its score of trending (in units of 12.5 hours) and why it is somebody's.

    `person` and `topic`: one follows its author, its category, tag or series. `reacted`: so many people whom one
    follows. `read_share`: the part of one's reading that its category is, from 0 to 1.
    """
    return (
        score
        + FOLLOWED_PERSON * person
        + FOLLOWED_TOPIC * topic
        + SHARED * shared
        + REACTED * min(REACTED_MAX, reacted)
        + READ * read_share
    )


def faded(reads: float, days: float) -> float:
    """What `reads` of so many days ago count today."""
    return float(reads * 0.5 ** (max(0.0, days) / READ_HALF_LIFE_DAYS))
