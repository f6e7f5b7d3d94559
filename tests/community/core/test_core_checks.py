"""What the core's own checks find in data that is not sound."""

from __future__ import annotations

import pytest
from django.db import connection
from django.utils import timezone

from community.core.integrity import run_checks
from community.core.models import Delivery, OutboxFact
from community.core.outbox import subscribers
from community.follows.models import Follow
from community.follows.services import follow
from tests.factories import make_post

pytestmark = pytest.mark.django_db


def test_a_key_that_points_to_nothing_is_found(cast):
    follow(actor=cast.fan, kind="user", target_id=cast.creator.pk)
    assert run_checks(["foreign-keys"]) == []
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        Follow.objects.update(follower_id=-1)
        found = run_checks(["foreign-keys"])
        Follow.objects.update(follower_id=cast.fan.pk)
    label = Follow._meta.label
    assert [finding.message for finding in found] == [f"{label}.follower: 1 rows point to nothing"]


def test_a_fact_that_is_called_delivered_and_reached_nobody_is_found(cast):
    make_post(cast.creator)
    assert run_checks(["outbox-deliveries"]) == []
    heard = [name for name, functions in subscribers().items() if functions]
    fact = OutboxFact.objects.filter(name__in=heard).earliest("pk")
    OutboxFact.objects.filter(pk=fact.pk).update(delivered_at=timezone.now())
    Delivery.objects.filter(fact=fact).delete()
    (found,) = run_checks(["outbox-deliveries"])
    assert found.message == f"{fact.name} {fact.pk}: delivered, but to none of its subscribers"
