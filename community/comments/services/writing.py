"""A comment is written, and changed."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from community.accounts.models import User
from community.accounts.permissions import Actor, require_writer
from community.accounts.selectors import trust_level_of
from community.accounts.services import count_act
from community.comments import permissions, rules
from community.comments.choices import (
    COMMENT,
    CONTENT_MAX,
    LINKS_FOLLOWED_FROM,
    LONGEST_VIDEO,
    MENTIONS_MAX,
)
from community.comments.models import Comment, CommentEdit
from community.comments.services.places import appeared, lock_with_thread
from community.core import counts, generations, outbox, sight, targets, text
from community.core.errors import Conflict, Invalid, NotAllowed, NotFound, Text
from community.core.targets import Discussion
from community.core.transactions import retried
from community.facts.comments import CommentCreated, CommentMentioned, CommentUpdated


class StaleVersion(Conflict):
    """The comment was changed after the version that this change was made from."""

    def __init__(self, current: int) -> None:
        super().__init__(details={"currentVersion": current})


class Closed(NotAllowed):
    """Nobody can add anything here."""

    message = _("Comments are closed here.")


class Unset:
    """Stands for a value that was not sent, where None means "none"."""


UNSET = Unset()


@retried
def add_comment(
    *,
    actor: Actor,
    target_kind: str,
    target_id: int,
    content: str,
    parent_id: int | None = None,
    youtube_timestamp: int | None = None,
) -> Comment:
    """Says something about a target, or answers a comment there, and returns the comment.

    Without `youtube_timestamp`, the first time in the text that the target's video has becomes it.
    Raises Invalid with a message per field, NotFound, NotAllowed or TooMany.
    """
    author = require_writer(actor)
    count_act(bucket="write", person=author)
    with sight.asked_once():
        discussion = targets.discussion(target_kind, target_id, author)
        _require_open(author, discussion)
        parent = _parent(author, discussion, parent_id) if parent_id is not None else None
    content, moment = checked_text(content, youtube_timestamp, discussion)
    people = people_in(content, author)
    now = timezone.now()
    comment = Comment(
        target_kind=discussion.kind,
        target_id=discussion.id,
        author=author,
        parent=parent,
        root_id=parent.thread_id if parent else None,
        depth=parent.depth + 1 if parent else 0,
        content=content,
        html=html_of(content, author, discussion, people),
        policy_version=rules.POLICY_VERSION,
        youtube_timestamp=moment,
        score=rules.score(0, now),
        created_at=now,
        updated_at=now,
    )
    comment.save(force_insert=True)
    counts.begin(COMMENT, comment.pk)
    outbox.record(
        CommentCreated(
            comment_id=comment.pk,
            target_kind=discussion.kind,
            target_id=discussion.id,
            author_id=author.pk,
            parent_id=parent_id,
            length=len(content),
            at_moment=moment is not None,
        ),
        actor_id=author.pk,
    )
    _tell(comment, author, people)
    appeared(comment)
    generations.bump(discussion.tag)
    return comment


def _require_open(author: User, discussion: Discussion) -> None:
    if not permissions.can_comment_on(author, discussion):
        raise Closed()
    if discussion.author_id is not None and sight.are_parted(author, discussion.author_id):
        raise NotAllowed()


def _parent(author: User, discussion: Discussion, parent_id: int) -> Comment:
    """What is answered, its thread locked: it stands, lies here, and neither of the two has blocked the other."""
    here = Comment.objects.on(discussion.kind, discussion.id)
    found = here.filter(pk=parent_id).only("root").first() if 0 < parent_id < 2**63 else None
    if found is None:
        raise ParentUnknown()
    parent = lock_with_thread(found)
    first = parent if parent.root_id is None else Comment.objects.only("locked_at").get(pk=parent.root_id)
    parted = parent.author_id is not None and sight.are_parted(author, parent.author_id)
    if not parent.stands or parted:
        raise ParentUnknown()
    if not permissions.can_answer(author, discussion, first):
        raise Closed(_("This thread is locked."))
    return parent


class ParentUnknown(Invalid):
    """What was to be answered is not there."""

    def __init__(self) -> None:
        super().__init__(fields={"parent_id": _("The comment you answer is no longer there.")})


@retried
def update_comment(
    *,
    actor: Actor,
    comment: Comment,
    content: str | Unset = UNSET,
    youtube_timestamp: int | Unset | None = UNSET,
    version: int | None = None,
) -> Comment:
    """Changes the text, within 24 hours; the text before stays for moderators. `version` is the one that was read.

    Raises StaleVersion, Invalid, NotFound, NotAllowed or TooMany.
    """
    author = require_writer(actor)
    count_act(bucket="write", person=author)
    discussion = targets.discussion(comment.target_kind, comment.target_id, author)
    comment = _locked(comment.pk)
    if not permissions.can_edit_comment(author, comment):
        raise NotAllowed()
    if version is not None and version != comment.version:
        raise StaleVersion(comment.version)
    said = comment.content if isinstance(content, Unset) else content
    same = said == comment.content
    asked = (comment.youtube_timestamp if same else None) if isinstance(youtube_timestamp, Unset) else youtube_timestamp
    said, moment = checked_text(said, asked, discussion, found=not same or isinstance(youtube_timestamp, Unset))
    if said == comment.content and moment == comment.youtube_timestamp:
        return comment
    named = set(rules.names_in(comment.content))
    people = people_in(said, author)
    if said != comment.content:
        CommentEdit.objects.create(comment=comment, content=comment.content)
    comment.edited_at = comment.updated_at = timezone.now()
    comment.content, comment.youtube_timestamp = said, moment
    comment.html = html_of(said, author, discussion, people)
    comment.policy_version = rules.POLICY_VERSION
    comment.version += 1
    comment.save(update_fields=["content", "html", "policy_version", "youtube_timestamp", "edited_at", "updated_at",
                                "version"])  # fmt: skip
    outbox.record(
        CommentUpdated(comment_id=comment.pk, target_kind=comment.target_kind, target_id=comment.target_id),
        actor_id=author.pk,
    )
    _tell(comment, author, [person for person in people if person.username.lower() not in named])
    generations.bump(discussion.tag)
    return comment


def _locked(comment_id: int) -> Comment:
    found = Comment.objects.select_for_update(no_key=True, of=("self",)).filter(pk=comment_id).first()
    if found is None or not found.stands:
        raise NotFound()
    return found


def checked_text(
    content: str, seconds: int | None, discussion: Discussion, *, found: bool = True
) -> tuple[str, int | None]:
    """The tidy text and its moment; raises Invalid with every finding."""
    problems: dict[str, Text] = {}
    said = text.tidy(content).strip()
    if not text.has_visible(said):
        problems["content"] = _("Say something first.")
    elif len(said) > CONTENT_MAX:
        problems["content"] = _("A comment has at most 5,000 characters.")
    length = discussion.video_seconds
    longest = LONGEST_VIDEO if length is None else length
    if seconds is not None and not discussion.video_id:
        problems["youtube_timestamp"] = _("There is no video here.")
    elif seconds is not None and not 0 <= seconds <= longest:
        problems["youtube_timestamp"] = _("The video has no such moment.")
    if problems:
        raise Invalid(fields=problems)
    if seconds is None and found and discussion.video_id:
        seconds = rules.moment_in(said, video_seconds=length, most=LONGEST_VIDEO)
    return said, seconds


def people_in(content: str, author: User) -> list[User]:
    """Those whom a text names and who are there for its author, in the order of the text; at most two queries."""
    names = rules.names_in(content)[:CONTENT_MAX]
    if not names:
        return []
    found = {person.username.lower(): person for person in User.objects.known().among(names)}
    parted = sight.parted_from(author, [person.pk for person in found.values()])
    return [found[name] for name in names if name in found and found[name].pk not in parted]


def html_of(content: str, author: User | None, discussion: Discussion, people: Iterable[User]) -> str:
    """The HTML of a text by `author`, None for somebody without an account, who names these people."""
    setting = rules.Setting(
        people={person.username.lower(): person.username for person in people},
        video_id=discussion.video_id,
        video_seconds=LONGEST_VIDEO if discussion.video_seconds is None else discussion.video_seconds,
        followed=author is not None and trust_level_of(author) >= LINKS_FOLLOWED_FROM,
    )
    return rules.render(content, setting)


def _tell(comment: Comment, author: User, people: Iterable[User]) -> None:
    """The first ten hear of it; nobody hears from themselves."""
    for person in [each for each in people if each.pk != author.pk][:MENTIONS_MAX]:
        outbox.record(
            CommentMentioned(comment_id=comment.pk, person_id=person.pk, author_id=author.pk), actor_id=author.pk
        )


def render_again(*, limit: int = 500) -> int:
    """Makes the HTML anew of comments that was made by older rules; returns how many."""
    old = Comment.objects.filter(
        policy_version__lt=rules.POLICY_VERSION, deleted_at__isnull=True, hidden_at__isnull=True
    )
    done = 0
    for pk in list(old.order_by("pk").values_list("pk", flat=True)[:limit]):
        done += _render_again(pk)
    return done


@retried
def _render_again(pk: int) -> int:
    comment = Comment.objects.select_for_update(no_key=True, of=("self",)).filter(pk=pk).first()
    if comment is None:
        return 0
    found = targets.discussions(comment.target_kind, [comment.target_id], comment.author)
    about = found.get(comment.target_id) or Discussion(comment.target_kind, comment.target_id, "", "", None, False)
    people = people_in(comment.content, comment.author) if comment.author is not None else []
    comment.html = html_of(comment.content, comment.author, about, people)
    comment.policy_version = rules.POLICY_VERSION
    comment.save(update_fields=["html", "policy_version"])
    generations.bump(about.tag)
    return 1
