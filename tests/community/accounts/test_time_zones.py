"""Times on pages are those of the signed-in reader's clock."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cms.models import PostPage
from tests.factories import make_post

pytestmark = pytest.mark.django_db
#: On another day in New Zealand than in Greenwich.
EVENING = datetime(2026, 1, 31, 21, 30, tzinfo=UTC)


@pytest.fixture
def post(cast):
    made = make_post(cast.creator)
    PostPage.objects.filter(pk=made.pk).update(first_published_at=EVENING, last_published_at=EVENING)
    return made


def live_in(person, zone):
    person.profile.time_zone = zone
    person.profile.save()
    return person


def times(client, post):
    return re.findall(r'<time datetime="([^"]*)"', client.get(post.url).content.decode())


def test_members_see_times_in_the_zone_of_their_profile(client_for, cast, post):
    assert "2026-02-01T10:30:00+13:00" in times(client_for(live_in(cast.fan, "Pacific/Auckland")), post)
    assert timezone.get_current_timezone_name() == "UTC", "the next request would have this reader's zone"


def test_guests_see_times_in_the_zone_of_the_site(client, post):
    assert "2026-01-31T21:30:00+00:00" in times(client, post)


@pytest.mark.parametrize("zone", ["Moon/Tranquility", "../../etc/passwd", "", "America", "UTC\x01"])
def test_a_zone_nobody_knows_is_ignored(client_for, cast, post, zone):
    assert "2026-01-31T21:30:00+00:00" in times(client_for(live_in(cast.fan, zone)), post)


def test_the_zone_of_a_reader_changes_nothing_in_the_api(client_for, cast, post):
    answer = client_for(live_in(cast.fan, "Pacific/Auckland")).get(f"/api/posts/{post.pk}").json()
    assert answer["data"]["publishedAt"] == "2026-01-31T21:30:00Z"


def test_the_zone_costs_members_no_query(client_for, cast, post):
    counts = []
    client = client_for(cast.fan)
    for zone in ("UTC", "Pacific/Auckland"):
        live_in(cast.fan, zone)
        client.get(post.url)
        with CaptureQueriesContext(connection) as captured:
            client.get(post.url)
        people = [
            query["sql"] for query in captured if 'FROM "accounts_user"' in query["sql"] and "password" in query["sql"]
        ]
        assert len(people) == 1
        counts.append(len(captured))
    assert counts[0] == counts[1]
