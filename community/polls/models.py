"""Polls, their answers, and who chose which."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from community.accounts.models import User
from community.polls.choices import ANSWER_MAX, QUESTION_MAX, Results


class PollQuerySet(models.QuerySet["Poll"]):
    """Small filters that chain."""

    def of(self, kind: str, target_id: int) -> PollQuerySet:
        """Those of one target."""
        return self.filter(target_kind=kind, target_id=target_id)

    def shown(self) -> PollQuerySet:
        """Those that stand in their target."""
        return self.filter(shown=True)


class Poll(models.Model):
    """A question in a target. One is shown there; others stood there before, with the votes they got."""

    target_kind = models.CharField(max_length=40)
    target_id = models.BigIntegerField()
    question = models.CharField(max_length=QUESTION_MAX)
    multiple = models.BooleanField(default=False, help_text="More than one answer may be chosen.")
    ends_at = models.DateTimeField(null=True, blank=True)
    results = models.CharField(max_length=10, choices=Results.choices, default=Results.VOTED)
    shown = models.BooleanField(default=True)
    voters = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(db_default=Now())

    objects: ClassVar[models.Manager[Poll]] = PollQuerySet.as_manager()

    class Meta:
        db_table = "poll"
        constraints = [
            models.UniqueConstraint(
                fields=["target_kind", "target_id"], condition=Q(shown=True), name="poll_shown_once"
            ),
            models.CheckConstraint(condition=Q(results__in=Results.values), name="poll_results"),
        ]
        indexes = [models.Index(fields=["target_kind", "target_id"], name="poll_of_target")]

    def __str__(self) -> str:
        return self.question

    def is_over(self, now: datetime) -> bool:
        """Can nobody vote any more?"""
        return self.ends_at is not None and self.ends_at <= now


class Option(models.Model):
    """An answer that can be chosen."""

    poll = models.ForeignKey(Poll, on_delete=models.CASCADE, related_name="options", db_index=False)
    place = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=ANSWER_MAX)
    votes = models.PositiveIntegerField(default=0)

    class Meta:
        db_table = "poll_option"
        ordering = ["poll", "place"]
        constraints = [models.UniqueConstraint(fields=["poll", "place"], name="poll_option_place")]

    def __str__(self) -> str:
        return self.text


class Ballot(models.Model):
    """That somebody has voted in a poll: once."""

    poll = models.ForeignKey(Poll, on_delete=models.CASCADE, related_name="ballots", db_index=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "poll_ballot"
        constraints = [models.UniqueConstraint(fields=["poll", "user"], name="poll_ballot_once")]


class Choice(models.Model):
    """An answer on a ballot. `alone`: of a poll in which one can be chosen, so the ballot has no other."""

    ballot = models.ForeignKey(Ballot, on_delete=models.CASCADE, related_name="choices", db_index=False)
    option = models.ForeignKey(Option, on_delete=models.CASCADE, related_name="choices")
    alone = models.BooleanField()

    class Meta:
        db_table = "poll_choice"
        constraints = [
            models.UniqueConstraint(fields=["ballot", "option"], name="poll_choice_once"),
            models.UniqueConstraint(fields=["ballot"], condition=Q(alone=True), name="poll_choice_alone"),
        ]
