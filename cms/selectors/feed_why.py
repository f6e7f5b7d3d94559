"""Why a post stands in a feed, in words: made for a whole part of a feed in one query."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cms.rules import address
from cms.selectors import feed_names
from cms.selectors.feed import Feed
from cms.selectors.feed_rows import Entry
from community.core.languages import localized

_Names = Mapping[tuple[str, int], tuple[str, str, str]]
#: People are named in the order of this list; topics too, those that say most first.
TOPICS = ("series", "tag", "category")
#: So many of those who reacted are named.
REACTED_NAMED = 2


@dataclasses.dataclass(frozen=True)
class Named:
    """Somebody or something that brought a post into a feed; `kind` is that of what is followed."""

    kind: str
    id: int
    name: str
    #: User name, or slug
    slug: str
    url: str


@dataclasses.dataclass(frozen=True)
class Why:
    """The one reason that says most: a code for programs, words, and who or what is meant."""

    code: str
    text: str
    named: tuple[Named, ...] = ()

    @property
    def url(self) -> str:
        """Where the first of those meant is; empty for none."""
        return self.named[0].url if self.named else ""


@dataclasses.dataclass(frozen=True)
class Shared:
    """Somebody whom one follows shared it, with a note or without."""

    by: Named
    note: str


def reasons(entries: Sequence[Entry], feed: Feed) -> dict[int, tuple[Why, Shared | None]]:
    """Why each post is there, and who shared it last, by its id; one query at most."""
    wanted: dict[str, set[int]] = defaultdict(set)
    for entry in entries:
        for kind, pk in entry.sources:
            wanted[kind].add(pk)
        wanted["share"].update(entry.shares[-1:])
        wanted["user"].update(entry.reacted[:REACTED_NAMED])
        if entry.read is not None:
            wanted["category"].add(entry.read)
    names = feed_names.names(wanted)
    found = {}
    for entry in entries:
        shared = _shared(entry, names)
        found[entry.post_id] = _why(entry, names, shared, feed), shared
    return found


def _why(entry: Entry, names: _Names, shared: Shared | None, feed: Feed) -> Why:
    by_kind = {kind: named for kind, pk in entry.sources if (named := _named(kind, pk, names))}
    if person := by_kind.get("user"):
        return Why("follows_person", _("You follow %(name)s") % {"name": person.name}, (person,))
    if shared is not None:
        return Why("shared", _("Shared by %(name)s") % {"name": shared.by.name}, (shared.by,))
    reacted = [named for pk in entry.reacted[:REACTED_NAMED] if (named := _named("user", pk, names))]
    if reacted:
        return Why("reacted", _who_reacted(reacted, len(entry.reacted)), tuple(reacted))
    for kind in TOPICS:
        if topic := by_kind.get(kind):
            shown = f"#{topic.name}" if kind == "tag" else topic.name
            return Why(f"follows_{kind}", _("You follow %(name)s") % {"name": shown}, (topic,))
    read = _named("category", entry.read, names) if entry.read is not None else None
    if read is not None:
        return Why("reads", _("You read %(name)s") % {"name": read.name}, (read,))
    if feed is Feed.TRENDING:
        return Why("trending", _("Many people talk about it"))
    if feed is Feed.LATEST:
        return Why("latest", _("It is new"))
    return Why("follows", _("You follow something about it"))


def _who_reacted(named: Sequence[Named], total: int) -> str:
    if total == 1 or len(named) == 1:
        return _("%(name)s, whom you follow, reacted") % {"name": named[0].name}
    if total == REACTED_NAMED:
        return _("%(one)s and %(other)s, whom you follow, reacted") % {"one": named[0].name, "other": named[1].name}
    more = total - 1
    words = ngettext(
        "%(name)s and %(more)d more whom you follow reacted", "%(name)s and %(more)d more whom you follow reacted", more
    )
    return words % {"name": named[0].name, "more": more}


def _shared(entry: Entry, names: _Names) -> Shared | None:
    found = names.get(("share", entry.shares[-1])) if entry.shares else None
    if found is None:
        return None
    note, username, name = found
    return Shared(Named("user", 0, name, username, localized(f"/@{username}/")), note)


def _named(kind: str, pk: int, names: _Names) -> Named | None:
    found = names.get((kind, pk))
    if found is None:
        return None
    name, slug, _more = found
    paths = {"user": f"/@{slug}/", "tag": f"/tags/{slug}/", "category": f"/categories/{slug}/"}
    return Named(kind, pk, name, slug, localized(paths[kind] if kind in paths else address(slug)))
