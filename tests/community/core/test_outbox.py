"""Facts: recorded with the change, delivered at least once, in order, effects exactly once."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from community.core import outbox
from community.core.integrity import run_checks
from community.core.models import Delivery, OutboxAggregate, OutboxFact
from community.facts.posts import PostUnpublished, PostUpdated


@pytest.fixture
def listen(monkeypatch):
    """Replaces the subscribers of two facts by one's own."""

    def register(*functions, fact=PostUpdated):
        monkeypatch.setitem(
            outbox._subscribers, fact.name, {f"tests.{function.__name__}": function for function in functions}
        )

    return register


@pytest.fixture
def empty_outbox(transactional_db):
    """No facts of set-up are waiting."""
    OutboxFact.objects.all().delete()
    OutboxAggregate.objects.all().delete()


def record(number=1, fact=PostUpdated):
    with transaction.atomic():
        return outbox.record(fact(post_id=number))


def test_a_fact_outside_a_transaction_is_refused(empty_outbox):
    with pytest.raises(RuntimeError, match="outside a transaction"):
        outbox.record(PostUpdated(post_id=1))


def test_a_fact_goes_with_the_change_that_is_rolled_back(empty_outbox):
    def change_and_fail():
        with transaction.atomic():
            outbox.record(PostUpdated(post_id=1))
            raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        change_and_fail()
    assert not OutboxFact.objects.exists()


def test_a_fact_is_delivered_once_to_each_subscriber(empty_outbox, listen):
    seen = []

    def first(recorded):
        seen.append(("first", recorded.fact.post_id))

    def second(recorded):
        seen.append(("second", recorded.fact.post_id))

    listen(first, second)
    record(7)
    assert outbox.deliver() == 1
    assert outbox.deliver() == 0
    assert sorted(seen) == [("first", 7), ("second", 7)]
    assert Delivery.objects.count() == 2


def test_a_failing_subscriber_stops_no_other_and_is_tried_again(empty_outbox, listen):
    calls = {"bad": 0, "good": 0}

    def bad(recorded):
        calls["bad"] += 1
        if calls["bad"] == 1:
            raise ValueError("not yet")

    def good(recorded):
        calls["good"] += 1

    listen(bad, good)
    fact_id = record()
    outbox.deliver()
    waiting = OutboxFact.objects.get(pk=fact_id)
    assert waiting.delivered_at is None
    assert "not yet" in waiting.last_error
    assert waiting.next_attempt_at > timezone.now()
    OutboxFact.objects.update(next_attempt_at=timezone.now())
    outbox.deliver()
    assert calls == {"bad": 2, "good": 1}
    assert OutboxFact.objects.get(pk=fact_id).delivered_at is not None


def test_the_effect_of_a_failing_subscriber_is_undone(empty_outbox, listen):
    def half(recorded):
        OutboxAggregate.objects.create(kind="effect", aggregate_id=1, last_sequence=1)
        raise ValueError("after the write")

    listen(half)
    record()
    outbox.deliver()
    assert not OutboxAggregate.objects.filter(kind="effect").exists()
    assert not Delivery.objects.exists()
    OutboxFact.objects.all().delete()


def test_facts_of_one_aggregate_wait_for_the_earlier_ones(empty_outbox, listen):
    seen = []

    def late(recorded):
        raise ValueError("later")

    def note(recorded):
        seen.append(recorded.fact.post_id)

    listen(late)
    listen(note, fact=PostUnpublished)
    record(1)
    record(1, PostUnpublished)
    record(2, PostUnpublished)
    outbox.deliver()
    assert seen == [2]
    listen()
    OutboxFact.objects.update(next_attempt_at=timezone.now())
    outbox.deliver()
    assert seen == [2, 1]


def test_after_ten_tries_a_fact_is_a_dead_letter_that_blocks_nobody(empty_outbox, listen):
    seen = []
    listen(lambda recorded: 1 / 0)
    listen(lambda recorded: seen.append(recorded.id), fact=PostUnpublished)
    dead_id = record()
    record(1, PostUnpublished)
    for _ in range(outbox.MAX_ATTEMPTS):
        OutboxFact.objects.update(next_attempt_at=timezone.now())
        outbox.deliver()
    dead = OutboxFact.objects.get(pk=dead_id)
    assert dead.dead_at is not None
    assert len(seen) == 1
    assert [finding.check for finding in run_checks(["outbox-dead-letters"])] == ["outbox-dead-letters"]
    OutboxFact.objects.all().delete()


def test_a_fact_unknown_to_this_version_waits(empty_outbox):
    fact_id = record()
    OutboxFact.objects.filter(pk=fact_id).update(name="post.of_the_future")
    assert outbox.deliver() == 0
    OutboxFact.objects.all().delete()
    OutboxAggregate.objects.all().delete()


def test_three_deliverers_at_once_repeat_nothing(empty_outbox, listen):
    seen = []
    lock = threading.Lock()

    def note(recorded):
        with lock:
            seen.append(recorded.id)

    listen(note)
    expected = [record(number) for number in range(60)]

    def work():
        try:
            outbox.deliver()
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(seen) == expected


def test_concurrent_writers_of_one_aggregate_get_numbers_without_gaps(empty_outbox):
    def work():
        try:
            for _ in range(10):
                record(5)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    numbers = OutboxFact.objects.filter(aggregate_id=5).order_by("sequence").values_list("sequence", flat=True)
    assert list(numbers) == list(range(1, 41))


def test_delivered_facts_go_after_thirty_days(empty_outbox, listen):
    listen()
    record()
    outbox.deliver()
    assert outbox.purge() == 0
    OutboxFact.objects.update(delivered_at=timezone.now() - timedelta(days=31))
    assert outbox.purge() >= 1
    assert not OutboxFact.objects.exists()


def test_many_facts_of_one_transaction_poke_once(empty_outbox, monkeypatch):
    pokes = []
    monkeypatch.setattr(outbox, "_pokes", [lambda: pokes.append(1)])
    with transaction.atomic():
        for number in range(5):
            outbox.record(PostUpdated(post_id=number))
    assert pokes == [1]


def test_an_empty_outbox_has_no_age(empty_outbox):
    assert outbox.waiting_age() == 0.0
    record()
    OutboxFact.objects.update(next_attempt_at=timezone.now() - timedelta(seconds=30))
    assert 29 < outbox.waiting_age() < 40
