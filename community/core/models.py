"""Tables of the mechanisms: facts and their deliveries, counters of targets, sign-in limits."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now


class OutboxFact(models.Model):
    """One recorded fact. Written in the transaction of the change it tells of; kept 30 days once delivered."""

    name = models.CharField(max_length=80)
    version = models.PositiveSmallIntegerField(default=1)
    payload = models.JSONField()
    aggregate_kind = models.CharField(max_length=40)
    aggregate_id = models.BigIntegerField()
    sequence = models.BigIntegerField(help_text="Position among the facts of its aggregate, from 1, without gaps.")
    occurred_at = models.DateTimeField(db_default=Now())
    actor_id = models.BigIntegerField(null=True)
    correlation_id = models.CharField(max_length=64, blank=True)
    #: pg_current_xact_id(): readers that go by id stay below pg_snapshot_xmin(pg_current_snapshot())
    transaction_id = models.BigIntegerField()
    delivered_at = models.DateTimeField(null=True)
    dead_at = models.DateTimeField(null=True, help_text="Set after the last try; a dead letter blocks nobody.")
    attempts = models.PositiveIntegerField(default=0, help_text="Counted when it is claimed, so that a crash counts.")
    next_attempt_at = models.DateTimeField(db_default=Now())
    last_error = models.TextField(blank=True)
    lease_until = models.DateTimeField(null=True, help_text="Whoever holds it may deliver until then.")
    holder = models.CharField(max_length=120, blank=True, db_default="", help_text="host:pid:thread of the lease.")

    class Meta:
        db_table = "outbox"
        constraints = [
            models.UniqueConstraint(fields=["aggregate_kind", "aggregate_id", "sequence"], name="outbox_sequence_once"),
            models.CheckConstraint(
                condition=models.Q(delivered_at__isnull=True) | models.Q(dead_at__isnull=True),
                name="outbox_delivered_or_dead",
            ),
            models.CheckConstraint(
                condition=models.Q(lease_until__isnull=True, holder="")
                | models.Q(lease_until__isnull=False, delivered_at__isnull=True, dead_at__isnull=True)
                & ~models.Q(holder=""),
                name="outbox_lease_of_open",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_attempt_at", "id"],
                name="outbox_open",
                condition=models.Q(delivered_at__isnull=True, dead_at__isnull=True),
            ),
            models.Index(
                fields=["aggregate_kind", "aggregate_id", "sequence"],
                name="outbox_open_aggregate",
                condition=models.Q(delivered_at__isnull=True, dead_at__isnull=True),
            ),
            models.Index(
                fields=["delivered_at"], name="outbox_delivered", condition=models.Q(delivered_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} #{self.pk}"


class OutboxAggregate(models.Model):
    """The last sequence number of each aggregate; its row lock orders the facts of concurrent writers."""

    kind = models.CharField(max_length=40)
    aggregate_id = models.BigIntegerField()
    last_sequence = models.BigIntegerField()

    class Meta:
        db_table = "outbox_aggregate"
        constraints = [models.UniqueConstraint(fields=["kind", "aggregate_id"], name="outbox_aggregate_once")]


class Delivery(models.Model):
    """A subscriber has dealt with a fact: written in the transaction of the effect, so it happens exactly once."""

    fact = models.ForeignKey(OutboxFact, on_delete=models.CASCADE, related_name="deliveries")
    subscriber = models.CharField(max_length=160)
    delivered_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "outbox_delivery"
        constraints = [models.UniqueConstraint(fields=["fact", "subscriber"], name="outbox_delivery_once")]


class TargetCounts(models.Model):
    """The numbers shown beside a target (a post, a comment): one row each, so counting never rewrites the thing."""

    target_kind = models.CharField(max_length=40)
    target_id = models.BigIntegerField()
    views = models.PositiveBigIntegerField(default=0)
    comments = models.PositiveIntegerField(default=0)
    reactions = models.PositiveIntegerField(default=0)
    bookmarks = models.PositiveIntegerField(default=0)
    shares = models.PositiveIntegerField(default=0)
    score = models.FloatField(default=0)

    class Meta:
        db_table = "target_counts"
        constraints = [models.UniqueConstraint(fields=["target_kind", "target_id"], name="target_counts_once")]
        indexes = [models.Index(fields=["target_kind", "-score", "-target_id"], name="target_counts_score")]


class LimitCount(models.Model):
    """Counts of the limits that never open when Redis is away: one row per bucket, key and window."""

    bucket = models.CharField(max_length=40)
    key_digest = models.CharField(max_length=64)
    window_start = models.DateTimeField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        db_table = "limit_count"
        constraints = [
            models.UniqueConstraint(fields=["bucket", "key_digest", "window_start"], name="limit_count_once")
        ]
        indexes = [models.Index(fields=["window_start"], name="limit_count_age")]
