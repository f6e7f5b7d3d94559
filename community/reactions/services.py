"""Writing reactions: given and taken back; what their types weigh."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from community.accounts.permissions import Actor, require_writer
from community.accounts.services import count_act
from community.core import counts, generations, jobs, outbox, sight, targets
from community.core.errors import Invalid, NotFound
from community.core.holdings import Subject
from community.core.postgres import prepared
from community.core.transactions import retried
from community.facts.reactions import ReactionAdded, ReactionRemoved
from community.reactions import permissions, selectors
from community.reactions.choices import TYPES
from community.reactions.models import Reaction, ReactionType
from community.reactions.selectors import Standing

#: Rows of somebody who leaves go so many at a time: each takes the lock of its target.
CHUNK = 100


class UnknownType(Invalid):
    """There is no such type, or it is offered no more."""

    def __init__(self) -> None:
        super().__init__(fields={"type": _("There is no such reaction.")})


@retried
def add_reaction(*, actor: Actor, kind: str, target_id: int, code: str) -> Standing:
    """Gives a reaction to a target that `actor` may see; answers how it stands now. Given twice, it is one.

    Raises NotFound, UnknownType, TooMany, or why `actor` may not write.
    """
    person = require_writer(actor)
    count_act(bucket="act", person=person)
    with sight.asked_once():
        thing = selectors.find_target(kind, target_id, viewer=person)
        if not permissions.can_react(person, thing):
            raise NotFound()
    reaction_id, weight, own = _insert(person.pk, kind, target_id, code)
    if reaction_id is None:
        return selectors.standing(kind, target_id, viewer=person)
    outbox.record(
        ReactionAdded(
            user_id=person.pk, reaction_id=reaction_id, type=code, target_kind=kind, target_id=target_id,
            author_id=targets.author_id(thing),
        ),
        actor_id=person.pk,
    )  # fmt: skip
    # Last, because everybody who reacts to the same thing waits for this row.
    return Standing(counts.react(kind, target_id, code, 1, weight=weight), (*own, code))


@retried
def remove_reaction(*, actor: Actor, kind: str, target_id: int, code: str) -> Standing:
    """Takes a reaction back; answers how the target stands now. What was not given is no error.

    Raises NotFound, TooMany, or why `actor` may not write.
    """
    person = require_writer(actor)
    count_act(bucket="act", person=person)
    with sight.asked_once():
        thing = selectors.find_target(kind, target_id, viewer=person)
    row = _delete(person.pk, kind, target_id, code)
    if row is None:
        return selectors.standing(kind, target_id, viewer=person)
    reaction_id, weight, own = row
    outbox.record(
        ReactionRemoved(
            user_id=person.pk, reaction_id=reaction_id, type=code, target_kind=kind, target_id=target_id,
            author_id=targets.author_id(thing),
        ),
        actor_id=person.pk,
    )  # fmt: skip
    return Standing(counts.react(kind, target_id, code, -1, weight=weight), tuple(own))


@retried
def import_reactions(*, kind: str, target_id: int, given: Iterable[tuple[int, str, datetime]]) -> None:
    """Stores reactions that were given elsewhere or earlier, as (person's id, code, when); nobody hears of them.

    Codes are of types that are there; what somebody gave already stays one. Raises NotFound for what is gone.
    """
    weights = dict(ReactionType.objects.values_list("code", "weight"))
    there = set(Reaction.objects.filter(target_kind=kind, target_id=target_id).values_list("user_id", "type_id"))
    new = {(person, code): at for person, code, at in given if (person, code) not in there}
    Reaction.objects.bulk_create(
        Reaction(user_id=person, target_kind=kind, target_id=target_id, type_id=code, created_at=at)
        for (person, code), at in new.items()
    )
    for code, number in sorted(Counter(code for _person, code in new).items()):
        counts.react(kind, target_id, code, number, weight=weights[code])


#: The type, the new row of it, and what somebody has given to the target before: one question instead of three.
_INSERT = """
    WITH type AS (SELECT code, weight FROM reaction_type WHERE code = %(code)s AND active),
    made AS (
        INSERT INTO reaction (user_id, target_kind, target_id, type)
        SELECT %(person)s, %(kind)s, %(id)s, code FROM type ON CONFLICT DO NOTHING RETURNING id
    )
    SELECT made.id, type.weight, ARRAY(
        SELECT reaction.type::text FROM reaction
        WHERE user_id = %(person)s AND target_kind = %(kind)s AND target_id = %(id)s ORDER BY id
    ) FROM type LEFT JOIN made ON true
"""


def _insert(user_id: int, kind: str, target_id: int, code: str) -> tuple[int | None, int, list[str]]:
    """The id of the new row, what its type weighs, and the types given before, in their order.

    The id is None when the row is there already, also when somebody else makes it at this moment. Raises UnknownType.
    """
    row = prepared.row(_INSERT, {"code": code, "person": user_id, "kind": kind, "id": target_id})
    if row is None:
        raise UnknownType()
    return row[0], int(row[1]), list(row[2])


_DELETE = """
    WITH gone AS (
        DELETE FROM reaction USING reaction_type WHERE reaction_type.code = reaction.type
        AND user_id = %(person)s AND target_kind = %(kind)s AND target_id = %(id)s AND type = %(code)s
        RETURNING reaction.id, reaction_type.weight
    )
    SELECT gone.id, gone.weight, ARRAY(
        SELECT reaction.type::text FROM reaction
        WHERE user_id = %(person)s AND target_kind = %(kind)s AND target_id = %(id)s AND type <> %(code)s ORDER BY id
    ) FROM gone
"""


def _delete(user_id: int, kind: str, target_id: int, code: str) -> tuple[int, int, list[str]] | None:
    """Deletes the row and answers its id, its weight and the types that are left, in their order.

    None when there was none, or somebody else has deleted it.
    """
    row = prepared.row(_DELETE, {"code": code, "person": user_id, "kind": kind, "id": target_id})
    return (int(row[0]), int(row[1]), list(row[2])) if row else None


def forget_target(*, kind: str, target_id: int) -> None:
    """Removes the reactions to a target that goes for good, in its transaction."""
    Reaction.objects.filter(target_kind=kind, target_id=target_id).delete()


def forget_person(*, subject: Subject) -> None:
    """Takes back what somebody gave who leaves, a few at a time; the numbers follow."""
    while _forget_some(subject.id):
        pass


@retried
def _forget_some(user_id: int) -> bool:
    rows = Reaction.objects.filter(user_id=user_id).order_by("target_kind", "target_id", "type_id")
    found = list(rows.select_related("type")[:CHUNK])
    for row in found:
        if _delete(user_id, row.target_kind, row.target_id, row.type_id) is not None:
            try:
                counts.react(row.target_kind, row.target_id, row.type_id, -1, weight=row.type.weight)
            except NotFound:
                continue  # the target has gone meanwhile, with its numbers
    return bool(found)


def weigh_reactions() -> int:
    """Weighs the reactions of all targets anew, as types weigh now; answers how many weighed something else."""
    return counts.weigh(dict(ReactionType.objects.values_list("code", "weight")))


@retried
def note_type_change() -> None:
    """Types show on kept pages, and what they weigh stands beside targets: both are made anew."""
    generations.bump(generations.SITE)
    jobs.enqueue("cleanup", "reaction-weights", key="reaction-weights")


def ensure_types() -> None:
    """The types every installation begins with, where there is none at all."""
    if not ReactionType.objects.exists():
        ReactionType.objects.bulk_create(
            ReactionType(code=code, emoji=emoji, label=label, weight=weight, order=number)
            for number, (code, emoji, label, weight) in enumerate(TYPES, 1)
        )
