"""What the tables of follows hold about people."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from community.core import holdings
from community.core.holdings import Holding, Subject, goes_with, owned
from community.follows import services


def register() -> None:
    """Called when the app is ready."""
    holdings.register(*_tables())


def _tables() -> Iterable[Holding]:
    yield owned("follows.Follow", "follower", also=["target_id"], title=_("Whom and what you follow"), forget=_forget)
    yield owned("follows.Block", "blocker", also=["blocked"], title=_("Whom you blocked"), forget=_forget)
    yield owned("follows.Mute", "muter", also=["muted"], title=_("Whom you muted"), forget=_forget)
    yield goes_with("follows.FollowCounts", "target_id", owner="follows.Follow")
    yield goes_with("follows.FollowTold", "follower", "followed", owner="follows.Follow")


def _forget(*, subject: Subject) -> None:
    services.forget_person(person_id=subject.id)
