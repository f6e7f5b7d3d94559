"""Threads as pages show them: in a fixed number of queries, whatever their number, depth and authors."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL

from community.accounts.models import User
from community.accounts.permissions import Actor
from community.comments.choices import COMMENT, ORDERINGS, PAGE_SIZE, REPLIES_SHOWN, THREAD_SIZE, Sort
from community.comments.models import Comment
from community.comments.selectors.cards import CommentCard, Thread, ThreadPage, card_of, cards_of, in_order, name_of
from community.comments.selectors.comments import with_discussions
from community.comments.selectors.lists import list_by_person, list_firsts, with_authors
from community.core import sight
from community.core.counts import numbers
from community.core.errors import NotFound
from community.core.targets import Discussion

#: The first replies of each thread: one step into an index for each thread, however long it is.
_FIRST_REPLIES = """
    SELECT reply.id FROM unnest(%s::bigint[]) AS first (id) CROSS JOIN LATERAL (
        SELECT id FROM comments_comment WHERE root_id = first.id AND listed ORDER BY id LIMIT %s
    ) AS reply
"""


def first_threads(discussion: Discussion, *, viewer: Actor, total: int) -> ThreadPage:
    """The best threads of a target, as its page shows them; three queries."""
    return page_of_threads(discussion, viewer=viewer, total=total, sort=Sort.BEST)


def page_of_threads(
    discussion: Discussion, *, viewer: Actor, total: int, sort: str = Sort.BEST, after: int = 0, size: int = PAGE_SIZE
) -> ThreadPage:
    """The threads after the one that begins with the comment `after`, in one of Sort; NotFound for another target's."""
    rows = list_firsts(discussion.kind, discussion.id, viewer=viewer)
    if after:
        rows = rows.filter(_beyond(discussion, sort, after))
    found = list(with_authors(rows).order_by(*ORDERINGS[sort])[: size + 1])
    firsts = found[:size]
    following = firsts[-1].pk if len(found) > size else 0
    return ThreadPage(discussion, _threads(firsts, discussion, viewer), total, sort, following)


def _beyond(discussion: Discussion, sort: str, after: int) -> Q:
    """Keyset pagination; the bound of the first column lets an index begin there."""
    name = ORDERINGS[sort][0].lstrip("-")
    step = "lt" if ORDERINGS[sort][0].startswith("-") else "gt"
    rows = Comment.objects.on(discussion.kind, discussion.id).filter(pk=after, root__isnull=True)
    value = rows.values_list(name, flat=True).first() if 0 < after < 2**63 else None
    if value is None:
        raise NotFound()
    further = Q(**{f"{name}__{step}": value}) | Q(**{name: value, f"pk__{step}": after})
    return Q(**{f"{name}__{step}e": value}) & further


def _threads(firsts: Sequence[Comment], discussion: Discussion, viewer: Actor) -> tuple[Thread, ...]:
    long = [first.pk for first in firsts if first.kept_replies]
    replies = _first_replies(long, viewer) if long else []
    by_thread: dict[int, list[Comment]] = {}
    for reply in replies:
        by_thread.setdefault(reply.thread_id, []).append(reply)
    cards = {card.id: card for card in cards_of([*firsts, *replies], discussion=discussion)}
    made = []
    for first in firsts:
        shown = by_thread.get(first.pk, [])
        more = max(0, first.thread_size - sum(reply.stands for reply in shown))
        made.append(
            Thread(
                first=cards[first.pk],
                replies=tuple(cards[reply.pk] for reply in in_order(shown, first.pk)),
                more=more,
                after=shown[-1].pk if shown else 0,
            )
        )
    return tuple(made)


def _first_replies(ids: list[int], viewer: Actor) -> list[Comment]:
    rows = Comment.objects.filter(pk__in=RawSQL(_FIRST_REPLIES, [ids, REPLIES_SHOWN]))  # noqa: S611 - no words of people
    return list(with_authors(sight.in_sight(rows, viewer, by="author_id")).order_by("pk"))


def page_of_replies(
    first: Comment, *, discussion: Discussion, viewer: Actor, after: int = 0, size: int = THREAD_SIZE
) -> Thread:
    """A thread with the replies that came after the one with the id `after`; at most five queries."""
    rows: QuerySet[Comment] = Comment.objects.listed().filter(root_id=first.pk, pk__gt=max(0, min(after, 2**63 - 1)))
    found = list(with_authors(sight.in_sight(rows, viewer, by="author_id")).order_by("pk")[: size + 1])
    shown = in_order(found[:size], first.pk)
    there = {row.pk for row in shown}
    elsewhere = {row.parent_id for row in shown if row.depth > 1 and row.parent_id is not None} - there
    parents = with_authors(Comment.objects.standing().filter(pk__in=elsewhere)) if elsewhere else ()
    answered = {parent.pk: name_of(parent) for parent in parents}
    cards = cards_of([first, *shown], discussion=discussion, answered=answered)
    return Thread(
        first=cards[0],
        replies=tuple(cards[1:]),
        more=1 if len(found) > size else 0,
        after=max(there) if there else 0,
    )


def page_by_person(
    person: User, *, viewer: Actor, after: int = 0, size: int = PAGE_SIZE
) -> tuple[list[tuple[CommentCard, Discussion]], int]:
    """What somebody said, the newest first, before the comment `after`, with what it is about; and the next `after`.

    A part may hold fewer than `size`: what `viewer` may not see is left out. A few queries for each kind of target.
    """
    rows = list_by_person(person.pk, viewer=viewer)
    found = list(with_authors(rows.filter(pk__lt=after) if after else rows).order_by("-pk")[: size + 1])
    shown = with_discussions(found[:size], viewer=viewer)
    counts = numbers(COMMENT, (comment.pk for comment, _about in shown))
    made = [(card_of(comment, about, counts.get(comment.pk)), about) for comment, about in shown]
    return made, found[size - 1].pk if len(found) > size else 0


def seen_by(viewer: Actor, page: ThreadPage) -> bool:
    """Does `viewer` see everybody who wrote on this page? At most one query, none for guests."""
    return sight.has_all(viewer, page.authors)
