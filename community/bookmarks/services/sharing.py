"""Sharing: counted once a day for each person and target; with followers, with a note."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from community.accounts.models import User
from community.accounts.permissions import Actor, require_writer
from community.accounts.services import count_act
from community.bookmarks import permissions, selectors
from community.bookmarks.choices import SHARED_KINDS
from community.bookmarks.models import Share
from community.bookmarks.services.keeping import CHUNK, clean_note
from community.core import counts, outbox, targets
from community.core.errors import Invalid, NotFound
from community.core.holdings import Subject
from community.core.transactions import retried
from community.facts.posts import PostShared


@retried
def share_target(*, actor: Actor, kind: str, target_id: int, to_followers: bool = False, note: str = "") -> Share:
    """Notes that `actor` shared a post; `to_followers`, their feeds show it, with the note.

    The same thing again on one day is one share, with what was said last. Raises NotFound, Invalid, TooMany, or why
    `actor` may not write.
    """
    person = require_writer(actor)
    count_act(bucket="act", person=person)
    note = clean_note(note)
    if note and not to_followers:
        raise Invalid(fields={"note": _("A note goes to followers only.")})
    thing = selectors.find_target(kind, target_id, viewer=person)
    if kind not in SHARED_KINDS or not permissions.can_share(person, thing):
        raise NotFound()
    User.objects.select_for_update(no_key=True).get(pk=person.pk)  # one's own acts come one after the other
    day = timezone.now().astimezone(UTC).date()
    share, made = Share.objects.get_or_create(
        user=person, target_kind=kind, target_id=target_id, on_date=day,
        defaults={"to_followers": to_followers, "note": note},
    )  # fmt: skip
    if not made:
        if to_followers:
            share.to_followers, share.note = True, note
            share.save(update_fields=["to_followers", "note"])
        return share
    outbox.record(
        PostShared(
            user_id=person.pk, share_id=share.pk, post_id=target_id, author_id=targets.author_id(thing),
            to_followers=to_followers,
        ),
        actor_id=person.pk,
    )  # fmt: skip
    counts.add(kind, target_id, "shares", 1)
    return share


@retried
def unshare_target(*, actor: Actor, kind: str, target_id: int) -> None:
    """Takes back what `actor` shared of a target, on whichever day. What was not shared is no error.

    Raises NotFound for what `actor` may not see and has not shared, TooMany, or why they may not write.
    """
    person = require_writer(actor)
    count_act(bucket="act", person=person)
    if not _delete(Share.objects.filter(user=person, target_kind=kind, target_id=target_id)):
        selectors.find_target(kind, target_id, viewer=person)


def _delete(rows: Iterable[Share]) -> int:
    """Deletes these rows, which are of one target each, and counts them off."""
    gone = 0
    for share in list(rows):
        if Share.objects.filter(pk=share.pk).delete()[0]:
            gone += 1
            try:
                counts.add(share.target_kind, share.target_id, "shares", -1)
            except NotFound:
                continue  # the target has gone meanwhile, and its shares with it
    return gone


def forget_shares(*, subject: Subject) -> None:
    """Takes back what somebody shared who leaves, a few at a time; the numbers follow."""
    while _forget_some(subject.id):
        pass


@retried
def _forget_some(user_id: int) -> bool:
    found = Share.objects.filter(user_id=user_id).order_by("target_kind", "target_id", "on_date")[:CHUNK]
    rows = list(found)
    _delete(rows)
    return bool(rows)
