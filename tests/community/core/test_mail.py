"""Mail: delivered by lanes, tried again, by another server, never to addresses that bounce, unreadable afterwards."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
import structlog
from django.conf import settings as django_settings
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.utils import timezone, translation

from community.core import encryption, integrity, jobs, mail
from community.core.models import Job, MailMessage, MailSuppression
from sparkle_site.settings import env as environment
from sparkle_site.settings.base import email
from tests.architecture.layers import PROJECT
from tests.support.postmaster import Postmaster

pytestmark = pytest.mark.django_db

NOBODY_LISTENS = "smtp://127.0.0.1:1"
READER = "reader@people.example"


@pytest.fixture
def postmaster(settings: Any) -> Iterator[Postmaster]:
    """The site's mail server."""
    yield from _working(settings, [])


@pytest.fixture
def second(settings: Any, postmaster: Postmaster) -> Iterator[Postmaster]:
    """Another one, asked after the first."""
    yield from _working(settings, [postmaster.url])


def _working(settings: Any, before: list[str]) -> Iterator[Postmaster]:
    made = Postmaster()
    made.start()
    settings.EMAIL_BACKEND = "community.core.mail.transport.Backend"
    settings.EMAIL_URLS = [*before, made.url]
    try:
        yield made
    finally:
        made.stop()


def send(**more: Any) -> int:
    values = {"recipient": READER, "subject": "A subject", "text": "Some words.", "lane": "account", "purpose": "test"}
    with transaction.atomic():
        sent = mail.send(**{**values, **more})
    assert sent is not None
    return sent


def row(pk: int) -> MailMessage:
    return MailMessage.objects.get(pk=pk)


def now_due() -> None:
    """Lets the time come for whatever waits: before the test began, since the database's clock stands in it."""
    Job.objects.filter(state="waiting").update(run_at=timezone.now() - timedelta(hours=1))
    jobs.work()


def test_a_mail_is_delivered_as_text_and_html_of_the_same_words(postmaster: Postmaster) -> None:
    pk = send(text="Is <b> & co. fine?\n\n123456\n\nLook here:\nhttps://sparkle.example/a?b=1&c=2")
    jobs.work()
    [message] = postmaster.taken
    text, html = (message.get_body((kind,)).get_content() for kind in ("plain", "html"))
    assert "https://sparkle.example/a?b=1&c=2" in text
    assert "Is <b> & co. fine?" in text
    assert "&lt;b&gt; &amp; co." in html
    assert 'href="https://sparkle.example/a?b=1&amp;c=2"' in html
    assert ">Look here</a>" in html
    assert '<p class="code"' in html
    assert postmaster.recipients == [READER]
    assert row(pk).state == "sent"
    assert row(pk).provider_id == "2.0.0 queued as 1"
    assert str(row(pk).reference) in message["Message-ID"]


def test_a_mail_speaks_the_language_of_its_moment(postmaster: Postmaster) -> None:
    with translation.override("de"):
        send()
    jobs.work()
    assert '<html lang="de">' in postmaster.taken[0].get_body(("html",)).get_content()


@pytest.mark.django_db(transaction=True)
def test_a_mail_stands_or_falls_with_its_change(postmaster: Postmaster) -> None:
    with pytest.raises(RuntimeError):
        mail.send(recipient=READER, subject="", text="", lane="account", purpose="test")
    with transaction.atomic():
        send()
        transaction.set_rollback(True)
    jobs.work()
    assert not postmaster.taken


def test_what_a_mail_says_is_encrypted_while_it_waits_and_gone_once_it_has_left(postmaster: Postmaster) -> None:
    pk = send(subject="Secret subject", text="4711-0815", lane="security")
    with connection.cursor() as cursor:
        for table in ("mail_message", "job"):
            cursor.execute(f"SELECT string_agg(t::text, ' ') FROM {table} t")  # noqa: S608
            stored = cursor.fetchone()[0]
            assert "4711-0815" not in stored
            assert "Secret subject" not in stored
    jobs.work()
    assert len(postmaster.taken) == 1
    assert row(pk).content == ""


def test_no_address_and_no_words_of_a_mail_reach_the_log(postmaster: Postmaster) -> None:
    postmaster.answers["RCPT"] = [f"450 4.2.1 <{READER}> is busy", f"550 5.1.1 {READER}: unknown user"]
    pk = send(text="4711-0815")
    with structlog.testing.capture_logs() as logged:
        jobs.work()
        now_due()
    assert {"mail_retried", "mail_failed"} <= {line["event"] for line in logged}
    assert READER not in str(logged) + row(pk).last_error
    assert "4711" not in str(logged)
    assert "550 5.1.1" in row(pk).last_error


def test_a_mail_nobody_takes_now_is_tried_again_ever_more_rarely(postmaster: Postmaster) -> None:
    postmaster.answers["DATA"] = ["451 4.3.0 later"] * 3
    pk = send()
    waits = []
    for _ in range(3):
        before = timezone.now()
        now_due()
        waits.append((row(pk).next_attempt_at - before).total_seconds())
        assert row(pk).state == "waiting"
    assert waits == sorted(waits)
    now_due()
    assert row(pk).state == "sent"
    assert row(pk).attempts == 4
    assert len(postmaster.taken) == 1


def test_a_mail_is_given_up_after_its_attempts_and_comes_back_by_hand(settings: Any, postmaster: Postmaster) -> None:
    settings.EMAIL_URLS = [NOBODY_LISTENS]
    pk = send()
    for _ in range(20):
        now_due()
    assert (row(pk).state, row(pk).attempts) == ("failed", 14)
    listed = io.StringIO()
    call_command("mail", "list", "--state", "failed", stdout=listed)
    assert "ConnectionRefusedError" in listed.getvalue()
    assert READER not in listed.getvalue()
    settings.EMAIL_URLS = [postmaster.url]
    call_command("mail", "retry", stdout=listed)
    jobs.work()
    assert row(pk).state == "sent"
    with pytest.raises(CommandError):
        call_command("mail", "retry", str(pk))


@pytest.mark.parametrize("trouble", ["away", "MAIL", "RCPT", "DATA"])
def test_another_server_takes_what_the_first_cannot(
    settings: Any, postmaster: Postmaster, second: Postmaster, trouble: str
) -> None:
    if trouble == "away":
        settings.EMAIL_URLS = [NOBODY_LISTENS, second.url]
    else:
        postmaster.answers[trouble] = ["451 4.3.2 closing"]
    pk = send()
    jobs.work()
    assert row(pk).state == "sent"
    assert not postmaster.taken
    assert len(second.taken) == 1


def test_a_server_that_has_the_message_and_falls_silent_is_not_passed_over(
    monkeypatch: pytest.MonkeyPatch, postmaster: Postmaster, second: Postmaster
) -> None:
    monkeypatch.setattr("community.core.mail.transport.SECONDS", 0.5)
    postmaster.slow = 1.0
    pk = send()
    jobs.work()
    assert len(postmaster.taken) == 1
    assert not second.asked
    assert row(pk).state == "waiting"
    postmaster.slow = 0.0
    now_due()
    assert row(pk).state == "sent"
    assert not second.asked


def test_a_refusal_for_good_is_neither_tried_again_nor_elsewhere(postmaster: Postmaster, second: Postmaster) -> None:
    postmaster.answers["DATA"] = ["554 5.7.1 no such words here"]
    pk = send()
    now_due()
    assert row(pk).state == "failed"
    assert not second.asked
    assert not MailSuppression.objects.exists()


def test_an_address_that_bounces_gets_no_more_mail_however_it_is_written(postmaster: Postmaster) -> None:
    postmaster.answers["RCPT"] = ["550 5.1.1 unknown user"]
    send()
    jobs.work()
    again = send(recipient="Reader@People.example", lane="security")
    with structlog.testing.capture_logs() as logged:
        jobs.work()
    assert row(again).state == "suppressed"
    assert "mail_suppressed" in {line["event"] for line in logged}
    assert not postmaster.taken
    assert READER not in str(list(MailSuppression.objects.values()))
    call_command("mail", "allow", READER, stdout=io.StringIO())
    send()
    jobs.work()
    assert len(postmaster.taken) == 1
    call_command("mail", "suppress", READER, stdout=io.StringIO())
    send()
    jobs.work()
    assert len(postmaster.taken) == 1


def test_a_policy_of_the_server_does_not_count_against_the_address(postmaster: Postmaster) -> None:
    postmaster.answers["RCPT"] = ["550 5.7.1 relaying denied"]
    assert row(send()).state == "waiting"
    jobs.work()
    assert not mail.is_suppressed(READER)


def test_lanes_leave_in_order(postmaster: Postmaster) -> None:
    lanes = ["notification", "bulk", "security", "account"]
    for lane in lanes:
        send(subject=lane, lane=lane, unsubscribe_url="https://sparkle.example/u/1" if lane == "bulk" else "")
    jobs.work()
    assert [message["Subject"] for message in postmaster.taken] == ["security", "account", "notification", "bulk"]


def test_only_bulk_mail_can_be_unsubscribed_from(postmaster: Postmaster) -> None:
    send(lane="bulk", unsubscribe_url="https://sparkle.example/u/1")
    send(lane="security")
    jobs.work()
    security, bulk = postmaster.taken
    assert bulk["List-Unsubscribe"] == "<https://sparkle.example/u/1>"
    assert bulk["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert security["List-Unsubscribe"] is None
    for lane, url in (("bulk", ""), ("security", "https://sparkle.example/u/1")):
        with pytest.raises(ValueError, match="unsubscribe"):
            send(lane=lane, unsubscribe_url=url)


def test_a_full_hour_delays_mail_but_never_security_and_loses_none(settings: Any, postmaster: Postmaster) -> None:
    settings.EMAIL_HOURLY_LIMIT = 2
    for number in range(4):
        send(subject=f"{number}")
    send(subject="code", lane="security")
    jobs.work()
    assert [message["Subject"] for message in postmaster.taken] == ["code", "0", "1"]
    MailMessage.objects.update(begun_at=timezone.now() - timedelta(hours=1, seconds=1))
    now_due()
    assert len(postmaster.taken) == 5
    assert not MailMessage.objects.exclude(state="sent").exists()


def test_what_came_too_late_is_not_sent(postmaster: Postmaster) -> None:
    pk = send(lasts=timedelta(minutes=10))
    MailMessage.objects.filter(pk=pk).update(expires_at=timezone.now() - timedelta(seconds=1))
    jobs.work()
    assert (row(pk).state, row(pk).content) == ("expired", "")
    assert not postmaster.taken


def test_the_same_cause_is_mailed_once(postmaster: Postmaster) -> None:
    first = send(dedupe_key="alert:7")
    with transaction.atomic():
        values = {"subject": "A subject", "text": "Words.", "lane": "account", "purpose": "test"}
        assert mail.send(recipient=READER, dedupe_key="alert:7", **values) is None
    jobs.work()
    assert len(postmaster.taken) == 1
    assert row(first).state == "sent"


def test_a_header_cannot_be_smuggled_in(postmaster: Postmaster) -> None:
    send(subject="Hello\r\nBcc: spy@people.example")
    jobs.work()
    assert postmaster.taken[0]["Bcc"] is None
    assert postmaster.recipients == [READER]
    with pytest.raises(ValueError, match="address"):
        send(recipient="a@people.example\r\nRCPT TO:<spy@people.example>")


def test_a_mail_without_a_job_is_found_and_sent(postmaster: Postmaster) -> None:
    pk = send()
    Job.objects.all().delete()
    assert mail.make_up() == 0
    MailMessage.objects.filter(pk=pk).update(next_attempt_at=timezone.now() - timedelta(hours=2))
    assert [found.check for found in integrity.run_checks(["mail-overdue"])] == ["mail-overdue"]
    assert mail.make_up() == 1
    assert mail.make_up() == 0
    jobs.work()
    assert row(pk).state == "sent"


def test_mails_are_forgotten_after_a_week_and_those_of_somebody_at_once(postmaster: Postmaster) -> None:
    old, new = send(), send()
    jobs.work()
    MailMessage.objects.filter(pk=old).update(ended_at=timezone.now() - timedelta(days=8))
    assert mail.purge() == 1
    assert mail.forget_recipient(READER.upper()) == 1
    assert not MailMessage.objects.filter(pk=new).exists()


def test_what_waits_survives_a_change_of_the_key(settings: Any, postmaster: Postmaster) -> None:
    send()
    old = settings.ENCRYPTION_KEYS
    new = "bmV3LWtleS1uZXcta2V5LW5ldy1rZXktbmV3LWtleTA="
    settings.ENCRYPTION_KEYS = [new, *old]
    assert encryption.rotate_all()["mail"] == 1
    settings.ENCRYPTION_KEYS = [new]
    jobs.work()
    assert len(postmaster.taken) == 1


def database_url() -> str:
    """The database of this test, for a process beside it."""
    values = connection.settings_dict
    return f"postgresql://{values['USER']}@/{values['NAME']}?host={quote(values['HOST'], safe='')}"


DIES = """
import django
django.setup()
from django.conf import settings
settings.CRASH_POINTS = {"mail.before_sent": 1.0}
settings.EMAIL_BACKEND = "community.core.mail.transport.Backend"
from community.core import jobs
jobs.work()
"""


@pytest.mark.django_db(transaction=True)
@pytest.mark.long
def test_a_worker_that_dies_between_sending_and_noting_it_loses_nothing_and_sends_at_most_twice(
    postmaster: Postmaster,
) -> None:
    pk = send()
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "sparkle_site.settings.test",
        "DATABASE_URL": database_url(),
        "REDIS_URL": django_settings.REDIS_URL,
        "EMAIL_URLS": postmaster.url,
    }
    died = subprocess.run([sys.executable, "-c", DIES], cwd=PROJECT, env=environment, timeout=60, check=False)
    assert died.returncode == -signal.SIGKILL
    assert len(postmaster.taken) == 1
    assert row(pk).state == "sending"
    Job.objects.filter(state="running").update(lease_until=timezone.now() - timedelta(seconds=1))
    jobs.recover()
    jobs.work()
    assert row(pk).state == "sent"
    first, again = postmaster.taken
    assert first["Message-ID"] == again["Message-ID"]


def test_a_job_that_comes_twice_sends_once(postmaster: Postmaster) -> None:
    pk = send()
    number = row(pk).round
    assert mail.deliver(pk, number) == "sent"
    assert mail.deliver(pk, number) == ""
    assert len(postmaster.taken) == 1


def test_servers_are_asked_in_the_order_of_the_settings() -> None:
    env = environment.read(
        {"EMAIL_URL": "smtp://one.example", "EMAIL_URLS": "smtp://two.example, smtp://three.example"}
    )
    assert email(env)["EMAIL_URLS"] == ["smtp://one.example", "smtp://two.example", "smtp://three.example"]
    with pytest.raises(environment.SettingsError, match="EMAIL_URLS"):
        environment.read({"EMAIL_URLS": "https://two.example"})
