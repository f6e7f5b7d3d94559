"""The demonstration's votes: each time the same people choose the same answers."""

from __future__ import annotations

from random import Random

from cms.choices import POST
from cms.demo.progress import Progress
from cms.models import PostPage
from community.accounts.models import User
from community.accounts.permissions import can_write
from community.polls.models import Poll
from community.polls.services import set_vote


def load_votes(users: dict[str, User], progress: Progress) -> None:
    """Lets people vote in the polls in which nobody has yet."""
    people = [users[name] for name in sorted(users) if can_write(users[name])]
    waiting = Poll.objects.filter(target_kind=POST, shown=True, voters=0).prefetch_related("options")
    posts = PostPage.objects.published().in_bulk([poll.target_id for poll in waiting])
    for poll in waiting:
        post = posts.get(poll.target_id)
        if post is not None:
            _vote(poll, post, people)
    if waiting:
        progress(f"votes in {len(waiting)} polls")


def _vote(poll: Poll, post: PostPage, people: list[User]) -> None:
    chance = Random(post.slug)  # noqa: S311 - a demonstration, not a secret
    ids = [option.pk for option in poll.options.all()]
    weights = [chance.randint(1, 6) for _each in ids]
    readers = [person for person in people if person.pk != post.author_id]
    for person in chance.sample(readers, k=max(1, len(readers) * chance.randint(3, 8) // 10)):
        set_vote(actor=person, kind=POST, target_id=post.pk, option_ids=chance.choices(ids, weights))
