"""Leases of facts: taken over when they end, given back, freed with their process; dead letters come back or go."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from community.core import leases, outbox
from community.core.models import Delivery, OutboxAggregate, OutboxFact
from community.facts.posts import PostRestored, PostUnpublished, PostUpdated

SOMEBODY = "elsewhere:7:1"


@pytest.fixture(autouse=True)
def _empty_outbox(transactional_db: Any) -> None:
    """No facts of set-up are waiting."""
    OutboxFact.objects.all().delete()
    OutboxAggregate.objects.all().delete()


@pytest.fixture
def listen(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Replaces the subscribers of a fact by one's own."""

    def register(function: Callable[[Any], object] | None, fact: type = PostUpdated) -> None:
        own = {"tests.own": function} if function else {}
        monkeypatch.setitem(outbox._subscribers, fact.name, own)

    return register


def record(number: int = 1, fact: Any = PostUpdated) -> int:
    with transaction.atomic():
        return outbox.record(fact(post_id=number))


def leased(number: int, *, seconds: int, attempts: int = 1) -> int:
    """A fact that somebody else has claimed, for so many seconds from now."""
    pk = record(number)
    until = timezone.now() + timedelta(seconds=seconds)
    OutboxFact.objects.filter(pk=pk).update(holder=SOMEBODY, lease_until=until, attempts=attempts)
    return pk


def test_a_lease_is_respected_until_it_ends(listen: Callable[..., None]) -> None:
    seen: list[int] = []
    listen(lambda recorded: seen.append(recorded.id))
    held, ended = leased(1, seconds=30), leased(2, seconds=-1)
    outbox.deliver()
    assert seen == [ended]
    assert OutboxFact.objects.get(pk=ended).attempts == 2
    assert OutboxFact.objects.get(pk=held).holder == SOMEBODY


def test_the_leases_of_a_dead_process_are_freed_at_once_and_only_its_own(listen: Callable[..., None]) -> None:
    seen: list[int] = []
    listen(lambda recorded: seen.append(recorded.id))
    first = leased(1, seconds=50)
    other = leased(2, seconds=50)
    OutboxFact.objects.filter(pk=other).update(holder="elsewhere:70:1")
    assert outbox.free("elsewhere:7:") == 1
    outbox.deliver()
    assert seen == [first]


def test_what_was_taken_over_is_not_delivered_by_the_one_before(listen: Callable[..., None]) -> None:
    seen: list[int] = []
    listen(lambda recorded: seen.append(recorded.id))
    record()
    [row] = outbox._claim(leases.holder(), 10, fresh=True)
    OutboxFact.objects.filter(pk=row.pk).update(holder=SOMEBODY)
    outbox._deliver(row, leases.holder())
    assert seen == []
    outbox.free(SOMEBODY)
    outbox.deliver()
    assert seen == [row.pk]
    outbox._deliver(row, leases.holder())
    assert seen == [row.pk]
    assert Delivery.objects.count() == 1


def test_a_fact_being_delivered_is_not_taken_over_however_long_it_takes(
    listen: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leases, "LENGTH", timedelta(0))
    seen: list[str] = []
    working, ended = threading.Event(), threading.Event()

    def slow(recorded: Any) -> None:
        seen.append(threading.current_thread().name)
        working.set()
        assert ended.wait(10)

    listen(slow)
    fact = record()

    def work() -> None:
        try:
            outbox.deliver()
        finally:
            connection.close()

    thread = threading.Thread(target=work, name="first")
    thread.start()
    assert working.wait(10)
    assert outbox.deliver() == 0
    ended.set()
    thread.join()
    assert OutboxFact.objects.get(pk=fact).delivered_at is not None
    assert seen == ["first"]


def test_a_fact_that_ends_its_process_at_every_try_becomes_a_dead_letter(listen: Callable[..., None]) -> None:
    listen(lambda recorded: None)
    killer = leased(1, seconds=-1, attempts=outbox.MAX_ATTEMPTS)
    innocent = record(2)
    outbox.deliver()
    dead = OutboxFact.objects.get(pk=killer)
    assert dead.dead_at is not None
    assert "ended" in dead.last_error
    assert OutboxFact.objects.get(pk=innocent).delivered_at is not None
    OutboxFact.objects.all().delete()


def test_what_was_tried_before_is_claimed_alone() -> None:
    for number in range(4):
        leased(number, seconds=-1)
    assert outbox._claim(leases.holder(), 10, fresh=True) == []
    assert len(outbox._claim(leases.holder(), 1, fresh=False)) == 1
    OutboxFact.objects.all().delete()


@pytest.mark.parametrize("fresh", [True, False])
def test_no_more_is_claimed_than_asked_for_however_the_statement_is_planned(fresh: bool) -> None:
    for number in range(4):
        _ = record(number) if fresh else leased(number, seconds=-1)
    with transaction.atomic(), connection.cursor() as cursor:
        for step in ("hashjoin", "mergejoin", "hashagg", "sort", "material"):
            cursor.execute(f"SET LOCAL enable_{step} TO off")
        assert len(outbox._claim(leases.holder(), 2, fresh=fresh)) == 2
    OutboxFact.objects.all().delete()


def test_facts_not_begun_are_given_back_when_the_worker_stops(listen: Callable[..., None]) -> None:
    seen: list[int] = []
    listen(lambda recorded: seen.append(recorded.id))
    facts = [record(number) for number in range(5)]
    outbox.deliver(stopping=lambda: len(seen) == 2)
    assert seen == facts[:2]
    rest = OutboxFact.objects.filter(delivered_at=None).values_list("attempts", "holder", "lease_until")
    assert list(rest) == [(0, "", None)] * 3
    outbox.deliver()
    assert seen == facts


def test_facts_that_nobody_listens_to_are_settled_at_once(listen: Callable[..., None]) -> None:
    listen(None, PostUnpublished)
    for number in range(30):
        record(number, PostUnpublished)
    assert outbox.deliver(limit=1) == 30
    assert OutboxFact.objects.filter(delivered_at=None).count() == 0


def test_a_lease_without_a_holder_cannot_be_stored() -> None:
    pk = record()
    with pytest.raises(IntegrityError), transaction.atomic():
        OutboxFact.objects.filter(pk=pk).update(lease_until=timezone.now())
    with pytest.raises(IntegrityError), transaction.atomic():
        OutboxFact.objects.filter(pk=pk).update(holder="somebody")
    OutboxFact.objects.all().delete()


def run(*words: str) -> str:
    out = io.StringIO()
    call_command("facts", *words, stdout=out)
    return out.getvalue()


def test_dead_letters_are_listed_replayed_and_put_away(listen: Callable[..., None]) -> None:
    broken = True

    def fails(recorded: Any) -> None:
        if broken:
            raise ValueError("the reason\0 why")

    listen(fails)
    first, second = record(1), record(2)
    for _ in range(outbox.MAX_ATTEMPTS):
        OutboxFact.objects.update(next_attempt_at=timezone.now())
        outbox.deliver()
    assert run("list") == "none\n"
    listed = run("list", "--dead")
    assert "the reason why" in listed
    assert f"{first}  post.updated" in listed
    assert run("list", "--dead", "--name", "post.deleted") == "none\n"
    broken = False
    assert run("replay", str(first)) == "1 will be delivered again\n"
    outbox.deliver()
    assert Delivery.objects.filter(fact_id=first).count() == 1
    with pytest.raises(CommandError, match="None of these"):
        run("replay", str(first))
    assert run("dismiss", "--all") == "1 put away\n"
    assert run("list", "--dead") == "none\n"
    assert not Delivery.objects.filter(fact_id=second).exists()


@pytest.mark.parametrize("words", [["replay"], ["dismiss"], ["replay", "1", "--all"]])
def test_facts_must_be_named(words: list[str]) -> None:
    with pytest.raises(CommandError, match="Name the facts"):
        run(*words)


def test_a_subscriber_that_had_its_turn_is_not_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []

    def fails(recorded: Any) -> None:
        seen.append("fails")
        raise ValueError("no")

    own = {"tests.good": lambda recorded: seen.append("good"), "tests.fails": fails}
    monkeypatch.setitem(outbox._subscribers, PostRestored.name, own)
    record(1, PostRestored)
    for _ in range(3):
        OutboxFact.objects.update(next_attempt_at=timezone.now())
        outbox.deliver()
    assert seen == ["good", "fails", "fails", "fails"]
    OutboxFact.objects.all().delete()
