"""Who may join, and invitations, in the admin: for administrators."""

from __future__ import annotations

from typing import Any

import pytest

from community.accounts import selectors, services
from community.accounts.choices import JoiningMode
from community.accounts.models import Invitation
from tests.factories import make_user

ADDRESS = "/cms/joining/"

pytestmark = pytest.mark.django_db


def test_an_administrator_says_who_may_join(client_for: Any, cast: Any) -> None:
    client = client_for(cast.admin)
    assert ADDRESS in client.get("/cms/").content.decode()
    assert "There are no invitations." in client.get(ADDRESS).content.decode()
    client.post(ADDRESS, {"choose": "1", "mode": "invited"})
    assert selectors.get_joining_mode() == JoiningMode.INVITED
    for bad in ("", "<b>", "OPEN"):
        assert client.post(ADDRESS, {"choose": "1", "mode": bad}).status_code == 400
    assert selectors.get_joining_mode() == JoiningMode.INVITED


def test_invitations_are_made_seen_and_ended(client_for: Any, cast: Any) -> None:
    client = client_for(cast.admin)
    client.post(ADDRESS, {"choose": "1", "mode": "invited"})
    client.post(ADDRESS, {"invite": "1", "most": "2", "note": "<script>alert(1)</script>"})
    invitation = Invitation.objects.get()
    services.record_joining(person=make_user("guest_of_honour"), invitation_code=invitation.code)
    page = client.get(ADDRESS).content.decode()
    for text in (invitation.code, "guest_of_honour", "1 of 2", "&lt;script&gt;alert(1)"):
        assert text in page
    client.post(ADDRESS, {"end": str(invitation.pk)})
    assert not selectors.registration_allowed(invitation.code)
    for bad in ("", "0", "-1", "x", "9" * 30, "٣"):
        assert client.post(ADDRESS, {"end": bad}).status_code == 302


@pytest.mark.parametrize(
    "bad",
    [{"most": "0"}, {"most": "-1"}, {"most": "10001"}, {"most": "x"}, {"expires_at": "2001-01-01T00:00"},
     {"expires_at": "never"}, {"note": "x" * 201}, {"note": "\x00"}],
)  # fmt: skip
def test_an_invitation_that_makes_no_sense_is_not_made(client_for: Any, cast: Any, bad: dict[str, str]) -> None:
    answer = client_for(cast.admin).post(ADDRESS, {"invite": "1", "most": "1", **bad})
    assert answer.status_code == 400
    assert not Invitation.objects.exists()


def test_others_are_not_shown_it(client_for: Any, client: Any, cast: Any) -> None:
    for actor in (cast.verified_creator, cast.editor, cast.moderator):
        there = client_for(actor)
        assert ADDRESS not in there.get("/cms/").content.decode()
        assert there.get(ADDRESS).status_code in (302, 403, 404)
        assert there.post(ADDRESS, {"choose": "1", "mode": "closed"}).status_code in (302, 403, 404)
    assert client.get(ADDRESS).status_code == 302
    assert selectors.get_joining_mode() == JoiningMode.OPEN


def test_the_list_costs_the_same_however_long(client_for: Any, cast: Any, flat_cost: Any) -> None:
    def grow(number: int) -> None:
        for _each in range(number):
            made = services.make_invitation(actor=cast.admin)
            services.change_joining_mode(actor=cast.admin, mode=JoiningMode.INVITED)
            services.record_joining(person=make_user(), invitation_code=made.code)

    flat_cost(ADDRESS, grow=grow, by=client_for(cast.admin))
