"""Comments of other programs come in, and moderators let those in that wait."""

from __future__ import annotations

import dataclasses
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from community.accounts.models import User
from community.accounts.permissions import Actor, require_writer
from community.comments import permissions, rules
from community.comments.choices import ADDRESS_MAX, COMMENT, NAME_MAX, PING_SCORE
from community.comments.models import Comment
from community.comments.services.places import appeared, lock_with_thread
from community.comments.services.removing import remove, store_gone
from community.comments.services.writing import checked_text, html_of, people_in
from community.core import audit, counts, generations, outbox, text
from community.core.errors import NotAllowed, NotFound
from community.core.targets import Discussion
from community.core.transactions import retried
from community.facts.comments import CommentApproved

APPROVED = audit.declare("comment.approved", _("Comment let in"))


@dataclasses.dataclass(frozen=True)
class Said:
    """What another program knows of a comment: by a member of this site, or by a guest with a name."""

    content: str
    created_at: datetime
    author: User | None = None
    guest_name: str = ""
    guest_url: str = ""
    #: Another site says that it links here.
    ping: bool = False
    #: Nobody has let it in yet.
    held: bool = False
    #: Whom the text names are people of this site.
    names_people: bool = False


@retried
def import_comment(*, discussion: Discussion, said: Said, parent_id: int | None = None) -> Comment:
    """Makes a comment that was written elsewhere, also where nothing can be added. Nobody hears of it.

    `parent_id` is one of the same discussion, whatever has become of it. Raises Invalid or NotFound.
    """
    parent = lock_with_thread(_on(discussion, parent_id)) if parent_id is not None else None
    comment = Comment(
        target_kind=discussion.kind,
        target_id=discussion.id,
        parent=parent,
        root_id=parent.thread_id if parent else None,
        depth=parent.depth + 1 if parent else 0,
        held_at=timezone.now() if said.held else None,
        listed=not said.held,
    )
    _fill(comment, said, discussion)
    comment.save(force_insert=True)
    counts.begin(COMMENT, comment.pk)
    if comment.stands:
        appeared(comment)
    generations.bump(discussion.tag)
    return comment


def _on(discussion: Discussion, comment_id: int) -> Comment:
    found = Comment.objects.on(discussion.kind, discussion.id).filter(pk=comment_id).first()
    if found is None:
        raise NotFound()
    return found


def _fill(comment: Comment, said: Said, discussion: Discussion) -> None:
    """Its text as HTML like that of all others. Whom it names are people of another site mostly: nobody is linked."""
    comment.content, comment.youtube_timestamp = checked_text(said.content, None, discussion)
    comment.author = said.author
    guest = said.author is None
    comment.guest_name = text.truncate(said.guest_name, NAME_MAX) if guest else ""
    shown = guest and len(said.guest_url) <= ADDRESS_MAX and text.is_web_address(said.guest_url)
    comment.guest_url = said.guest_url if shown else ""
    comment.ping = said.ping
    people = people_in(comment.content, said.author) if said.names_people and said.author is not None else ()
    comment.html = html_of(comment.content, said.author, discussion, people)
    comment.policy_version = rules.POLICY_VERSION
    comment.created_at = comment.updated_at = said.created_at
    comment.score = rules.score(0, said.created_at) + (PING_SCORE if said.ping else 0)


@retried
def change_imported(*, discussion: Discussion, comment: Comment, said: Said) -> Comment:
    """Makes an imported comment what the other program says now. What was hidden or deleted here stays so.

    Its place in the thread stays. Raises Invalid or NotFound.
    """
    found = lock_with_thread(comment)
    if found.deleted_at is not None or found.hidden_at is not None:
        return found
    score = found.score - rules.score(0, found.created_at) - (PING_SCORE if found.ping else 0)
    _fill(found, said, discussion)
    found.score += score
    found.version += 1
    found.save()
    if said.held and found.stands:
        found.held_at = timezone.now()
        store_gone(found, stood=True)
    elif not said.held and found.held_at is not None:
        _let_in(found)
    generations.bump(discussion.tag)
    return found


@retried
def remove_imported(*, comment: Comment) -> None:
    """Takes an imported comment away that is gone in the other program."""
    found = lock_with_thread(comment)
    if found.stands or found.held_at is not None:
        remove(found)


@retried
def approve_comment(*, actor: Actor, comment: Comment) -> Comment:
    """A moderator lets a comment in that waits. Raises NotAllowed or NotFound."""
    moderator = require_writer(actor)
    if not permissions.can_moderate(moderator):
        raise NotAllowed()
    found = lock_with_thread(comment)
    if found.held_at is None:
        raise NotFound()
    _let_in(found)
    outbox.record(
        CommentApproved(
            comment_id=found.pk, target_kind=found.target_kind, target_id=found.target_id, author_id=found.author_id
        ),
        actor_id=moderator.pk,
    )
    audit.record(actor=moderator, act=APPROVED, target_kind=COMMENT, target_id=found.pk)
    return found


def _let_in(comment: Comment) -> None:
    had_place = comment.listed
    comment.held_at, comment.listed = None, True
    comment.save(update_fields=["held_at", "listed"])
    appeared(comment, had_place=had_place)
    generations.bump(f"{comment.target_kind}:{comment.target_id}")
