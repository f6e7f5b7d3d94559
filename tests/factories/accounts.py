"""People: anybody, and the known cast named by role."""

from __future__ import annotations

import itertools
from functools import cached_property
from typing import Any

from django.contrib.auth.models import Group

from community.accounts import services
from community.accounts.choices import EDITORS, Role, Status
from community.accounts.models import User

PASSWORD = "Curtain-Rises-2026!"
_numbers = itertools.count(1)


def make_user(username: str = "", **traits: Any) -> User:
    """A person who can sign in with PASSWORD; confirmed unless `verified_email=False`."""
    name = username or f"person_{next(_numbers)}"
    values = {
        "email": f"{name.replace('_', '-')}@people.example",
        "username": name,
        "password": PASSWORD,
        "verified_email": True,
        "allow_reserved": True,
        **traits,
    }
    person = services.create_user(**values)
    services.agree_to_terms(actor=person)
    return person


class Cast:
    """One person for each role, made when first asked for."""

    @cached_property
    def fan(self) -> User:
        """A fan with a confirmed address."""
        return make_user("fan")

    @cached_property
    def other_fan(self) -> User:
        """Another fan, a stranger to the first."""
        return make_user("other_fan")

    @cached_property
    def new_fan(self) -> User:
        """A fan whose address is not confirmed."""
        return make_user("new_fan", verified_email=False)

    @cached_property
    def suspended(self) -> User:
        """A fan who is suspended."""
        return services.change_status(actor=None, person=make_user("suspended"), status=Status.SUSPENDED, system=True)

    @cached_property
    def banned(self) -> User:
        """A fan who is banned."""
        return services.change_status(actor=None, person=make_user("banned"), status=Status.BANNED, system=True)

    @cached_property
    def creator(self) -> User:
        """A creator."""
        return make_user("creator", role=Role.CREATOR)

    @cached_property
    def verified_creator(self) -> User:
        """A verified creator."""
        return make_user("verified_creator", role=Role.VERIFIED_CREATOR)

    @cached_property
    def editor(self) -> User:
        """A fan in the group of editors."""
        editor = make_user("editor")
        editor.groups.add(Group.objects.get(name=EDITORS))
        return editor

    @cached_property
    def moderator(self) -> User:
        """A moderator."""
        return make_user("moderator", role=Role.MODERATOR)

    @cached_property
    def admin(self) -> User:
        """An administrator: not a superuser."""
        return make_user("admin", role=Role.ADMIN)
