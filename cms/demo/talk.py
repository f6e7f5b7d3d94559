"""What the demonstration's people say below posts and think of them: read from `content/talk/`, dated back."""

from __future__ import annotations

import dataclasses
import functools
import re
import zlib
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

from django.db import transaction

from cms.choices import POST
from cms.demo.accounts import UNCONFIRMED
from cms.demo.material import CONTENT
from cms.demo.progress import Progress
from cms.models import PostPage
from cms.selectors import discussion_of
from community.accounts.models import User
from community.comments.choices import COMMENT
from community.comments.models import Comment
from community.comments.services import Said, import_comment, pin_comment, refresh_score
from community.moderation.choices import Reason
from community.moderation.models import Report
from community.moderation.services import report
from community.reactions.models import Reaction
from community.reactions.services import import_reactions

#: `> name +2h 5m | LIKE 3, WOW 1 | pinned`, moved in by two spaces for each comment above it.
_HEAD = re.compile(
    r"^(?P<indent> *)> (?P<who>\w+) \+(?P<after>[\dhdm ]+?)"
    r"(?: \| (?P<reactions>[A-Z]+ \d+(?:, [A-Z]+ \d+)*))?(?P<pinned> \| pinned)?(?P<reported> \| reported)?$"
)
_SPAN = re.compile(r"(?:(?P<days>\d+)d)? ?(?:(?P<hours>\d+)h)? ?(?:(?P<minutes>\d+)m)?")
#: Of a hundred reactions to a post, so many are of each type.
_USUAL = {"LIKE": 34, "LOVE": 20, "SPARKLE": 15, "CLAP": 11, "WOW": 9, "LAUGH": 6, "FIRE": 4, "SAD": 1}
#: Who reports what is to be reported, and what they say.
_REPORTER, _NOTE = "tilda_b", "Third time this week, on three posts about lenses."


@dataclasses.dataclass(frozen=True)
class Line:
    """One comment: who says what, so long after the post; `parent` is the place of what it answers."""

    who: str
    after: timedelta
    content: str
    parent: int | None
    reactions: tuple[tuple[str, int], ...]
    pinned: bool
    reported: bool


@dataclasses.dataclass(frozen=True)
class Talk:
    """What is said below one post, each line after the one it answers."""

    slug: str
    lines: tuple[Line, ...]


@functools.cache
def read_talks() -> tuple[Talk, ...]:
    """All of it, by slug of the post. Raises ValueError when a file is wrong."""
    return tuple(_talk(path) for path in sorted(CONTENT.glob("talk/*.md")))


def _talk(path: Path) -> Talk:
    lines: list[Line] = []
    above: list[int] = []
    for head, body in _parts(path):
        depth = len(head["indent"]) // 2
        if depth > len(above):
            raise ValueError(f"{path.name}: {head.string!r} answers nothing")
        del above[depth:]
        given = [pair.split() for pair in (head["reactions"] or "").split(", ") if pair]
        lines.append(
            Line(
                who=head["who"],
                after=_span(head["after"]),
                content=body,
                parent=above[-1] if above else None,
                reactions=tuple((code, int(number)) for code, number in given),
                pinned=bool(head["pinned"]),
                reported=bool(head["reported"]),
            )
        )
        above.append(len(lines) - 1)
    return Talk(path.stem, tuple(lines))


def _parts(path: Path) -> Iterator[tuple[re.Match[str], str]]:
    """Heads with the text below each."""
    head: re.Match[str] | None = None
    body: list[str] = []
    for row in path.read_text(encoding="utf-8").splitlines():
        found = _HEAD.match(row)
        if found is None:
            if head is None:
                raise ValueError(f"{path.name} does not begin with somebody")
            body.append(row.removeprefix(head["indent"]))
            continue
        if head is not None:
            yield head, "\n".join(body).strip()
        head, body = found, []
    if head is not None:
        yield head, "\n".join(body).strip()


def _span(words: str) -> timedelta:
    match = _SPAN.fullmatch(words)
    if match is None:
        raise ValueError(f"Not a span of time: {words!r}")
    return timedelta(**{unit: int(number or 0) for unit, number in match.groupdict().items()})


def load_talk(users: dict[str, User], progress: Progress) -> None:
    """Lets people talk below the posts below which nobody has said anything."""
    posts = {post.slug: post for post in PostPage.objects.published().filter(slug__in=[t.slug for t in read_talks()])}
    silent = set(posts) - set(
        PostPage.objects.filter(
            pk__in=Comment.objects.filter(target_kind=POST).values("target_id"), slug__in=posts
        ).values_list("slug", flat=True)
    )
    waiting = [talk for talk in read_talks() if talk.slug in silent]
    for talk in waiting:
        _talk_below(posts[talk.slug], talk, users)
    if waiting:
        progress(f"{sum(len(talk.lines) for talk in waiting)} comments below {len(waiting)} posts")


@transaction.atomic
def _talk_below(post: PostPage, talk: Talk, users: dict[str, User]) -> None:
    discussion, began = discussion_of(post), post.first_published_at
    assert began is not None  # noqa: S101 - it is published
    made: list[Comment] = []
    for line in talk.lines:
        said = Said(line.content, began + line.after, author=users[line.who], names_people=True)
        parent_id = made[line.parent].pk if line.parent is not None else None
        made.append(import_comment(discussion=discussion, said=said, parent_id=parent_id))
    for comment, line in zip(made, talk.lines, strict=True):
        if line.reactions:
            import_reactions(kind=COMMENT, target_id=comment.pk, given=list(_given(comment, line, users)))
            refresh_score(comment_id=comment.pk)
        if line.pinned and post.author is not None:
            pin_comment(actor=post.author, comment=comment, pinned=True)
        if line.reported:
            _report(comment, users[_REPORTER])


def _report(comment: Comment, reporter: User) -> None:
    if not Report.objects.filter(reporter=reporter).exists():
        report(actor=reporter, target_kind=COMMENT, target_id=comment.pk, reason=Reason.SPAM, note=_NOTE)


def _given(comment: Comment, line: Line, users: dict[str, User]) -> Iterator[tuple[int, str, datetime]]:
    """So many of each type, by people whom the words choose; each within a day of the comment, and in the past."""
    for code, number in line.reactions:
        people = _people(users.values(), comment.created_at, f"{line.content}/{code}", but=line.who)
        for place, person in enumerate(people[:number]):
            yield person.pk, code, comment.created_at + timedelta(minutes=3 + 2 * place)


def _people(users: Iterable[User], at: datetime, seed: str, *, but: str) -> list[User]:
    """Who was there at a time and may write, in an order that the seed makes."""
    there = [user for user in users if user.username not in {but, UNCONFIRMED} and user.created_at < at]
    return sorted(there, key=lambda user: _dice(f"{seed}/{user.username}"))


def _dice(seed: str) -> int:
    return zlib.crc32(seed.encode())


def load_reactions(users: dict[str, User], base: datetime, progress: Progress) -> None:
    """Lets people react to the posts to which nobody has reacted; to most of them, each in their own way."""
    done = Reaction.objects.filter(target_kind=POST).values("target_id")
    posts = PostPage.objects.published().exclude(pk__in=done).order_by("pk").select_related("author")
    count = 0
    for post in posts.filter(author__in=users.values()):
        given = list(_reactions_to(post, users, base))
        if given:
            with transaction.atomic():
                import_reactions(kind=POST, target_id=post.pk, given=given)
            count += len(given)
    if count:
        progress(f"{count} reactions to posts")


def _reactions_to(post: PostPage, users: dict[str, User], base: datetime) -> Iterator[tuple[int, str, datetime]]:
    began = post.first_published_at
    if began is None or post.author is None:
        return
    liked = 8 + _dice(post.slug) % 48 + (30 if post.featured_until is not None else 0)
    own = list(_USUAL)[1 + _dice(f"{post.slug}/own") % (len(_USUAL) - 2)]
    bag = [code for code, number in {**_USUAL, own: _USUAL[own] + 25}.items() for _ticket in range(number)]
    for person in _people(users.values(), began, post.slug, but=post.author.username):
        roll = _dice(f"{post.slug}:{person.username}")
        if roll % 100 >= liked:
            continue
        share = (roll // 100 % 97 + 2) / 100
        first = bag[roll // 9_700 % len(bag)]
        second = bag[roll // 131 % len(bag)]
        at = began + (base - began) * share**2
        yield person.pk, first, at
        if roll % 5 == 0 and second != first:
            yield person.pk, second, at
