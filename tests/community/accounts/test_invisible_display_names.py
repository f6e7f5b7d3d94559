"""A name of which nothing is seen is none: it is refused, and the one before it stays on the profile."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from community.accounts import services
from community.accounts.models import User
from community.core.errors import Invalid
from tests.factories import make_user
from tests.support.invisible import INVISIBLE, each_invisible

pytestmark = pytest.mark.django_db


@each_invisible
def test_a_profile_keeps_its_name_when_the_new_one_cannot_be_seen(client, cast, nothing):
    services.update_profile(actor=cast.fan, person=cast.fan, display_name="Fan of lamps")
    with pytest.raises(Invalid) as refused:
        services.update_profile(actor=cast.fan, person=cast.fan, display_name=nothing)
    assert set(refused.value.fields) == {"display_name"}
    assert "<bdi>Fan of lamps</bdi>" in client.get("/@fan/").content.decode()
    assert client.get("/api/users/fan").json()["data"]["profile"]["displayName"] == "Fan of lamps"


def test_nobody_begins_with_a_name_that_cannot_be_seen(home):
    with pytest.raises(Invalid):
        make_user("newcomer", display_name=INVISIBLE["a braille blank"])
    assert not User.objects.filter(username="newcomer").exists()
    assert make_user("newcomer").profile.display_name == "newcomer"


@each_invisible
def test_forms_made_of_the_profile_refuse_it_as_well(cast, nothing):
    profile = cast.fan.profile
    profile.display_name = nothing
    with pytest.raises(ValidationError) as refused:
        profile.full_clean()
    assert refused.value.message_dict.keys() == {"display_name"}


def test_a_name_is_one_line_without_controls(client, cast):
    services.update_profile(actor=cast.fan, person=cast.fan, display_name=" Fan\x00 of\n lamps\u0007 ")
    assert "<bdi>Fan of lamps</bdi>" in client.get("/@fan/").content.decode()
