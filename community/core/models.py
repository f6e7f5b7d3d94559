"""Tables of the mechanisms: facts and deliveries, counters of targets, limits, jobs, answers kept under keys, mail."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models.functions import Cast, Coalesce, Greatest, Now


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
            models.Index(fields=["dead_at"], name="outbox_dead", condition=models.Q(dead_at__isnull=False)),
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


_WEIGHT = models.F("reactions_weight") + 2 * models.F("comments") + models.F("bookmarks")
#: log10(max(1, weight)) + seconds / 45000; the database keeps it in step with the numbers it is made of.
SCORE = models.Func(
    Greatest(models.Value(1.0), Cast(_WEIGHT, models.FloatField())), function="LOG", output_field=models.FloatField()
) + Coalesce(models.F("began"), models.Value(0.0)) / models.Value(45000.0)


class TargetCounts(models.Model):
    """The numbers shown beside a target (a post, a comment): one row each, so counting never rewrites the thing."""

    target_kind = models.CharField(max_length=40)
    target_id = models.BigIntegerField()
    views = models.PositiveBigIntegerField(default=0)
    comments = models.PositiveIntegerField(default=0)
    reactions = models.PositiveIntegerField(default=0)
    bookmarks = models.PositiveIntegerField(default=0)
    shares = models.PositiveIntegerField(default=0)
    reactions_by_type = models.JSONField(default=dict, db_default={}, help_text="How many of each; none at 0.")
    reactions_weight = models.PositiveIntegerField(default=0, db_default=0, help_text="Each counts as its type weighs.")
    began = models.FloatField(null=True, help_text="Unix time of the moment it came to light; empty before.")
    #: Ten times the weight stands for 12.5 hours of age: what is new and loved rises, and sinks without being touched.
    score = models.GeneratedField(expression=SCORE, output_field=models.FloatField(), db_persist=True)

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


class IdempotencyKey(models.Model):
    """The answer to a request that came with a key: written in the transaction of its effect, kept for a day.

    While the request is worked on, the row is not committed: nobody sees it, and whoever brings the same key waits
    at the constraint. So `answer_status` is null in no row that can be read.
    """

    owner = models.CharField(max_length=80, help_text="`user:7`, or a digest of a guest's address.")
    key_digest = models.CharField(max_length=64)
    fingerprint = models.CharField(max_length=64, help_text="A digest of method, address, query and body.")
    created_at = models.DateTimeField(db_default=Now())
    answer_status = models.PositiveSmallIntegerField(null=True)
    answer_headers = models.JSONField(default=dict, db_default={})
    answer_body = models.BinaryField(default=b"", db_default=b"")
    answer_bytes = models.PositiveIntegerField(default=0, db_default=0)

    class Meta:
        db_table = "idempotency_key"
        constraints = [models.UniqueConstraint(fields=["owner", "key_digest"], name="idempotency_key_once")]
        indexes = [models.Index(fields=["created_at"], name="idempotency_key_age")]


class JobQueue(models.Model):
    """A queue of jobs; its row lock makes the cap of jobs side by side exact."""

    name = models.CharField(max_length=40, primary_key=True)
    paused = models.BooleanField(default=False, db_default=False)

    class Meta:
        db_table = "job_queue"

    def __str__(self) -> str:
        return self.name


class Job(models.Model):
    """One job of the ledger: written in the transaction of what wants it, run at least once, kept when it failed."""

    class State(models.TextChoices):
        WAITING = "waiting"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"

    queue = models.CharField(max_length=40)
    name = models.CharField(max_length=60)
    data = models.JSONField(default=dict, db_default={})
    dedupe_key = models.CharField(max_length=200, blank=True, db_default="", help_text="At most one row has it.")
    priority = models.SmallIntegerField(default=0, db_default=0, help_text="Higher comes first.")
    state = models.CharField(max_length=8, choices=State, default=State.WAITING, db_default=State.WAITING)
    run_at = models.DateTimeField(db_default=Now())
    attempts = models.PositiveSmallIntegerField(default=0, db_default=0, help_text="Counted when it is claimed.")
    failures = models.PositiveSmallIntegerField(default=0, db_default=0, help_text="Tries that ended in an error.")
    max_attempts = models.PositiveSmallIntegerField(default=3, db_default=3, help_text="Errors until it is given up.")
    lease_until = models.DateTimeField(null=True, help_text="Whoever holds it may work until then.")
    holder = models.CharField(max_length=120, blank=True, db_default="", help_text="host:pid:thread of the lease.")
    created_at = models.DateTimeField(db_default=Now())
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    last_error = models.TextField(blank=True, db_default="")
    correlation_id = models.CharField(max_length=64, blank=True, db_default="")

    class Meta:
        db_table = "job"
        constraints = [
            models.UniqueConstraint(
                fields=["dedupe_key"], name="job_dedupe_key_once", condition=~models.Q(dedupe_key="")
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["waiting", "running", "done", "failed"]), name="job_state_known"
            ),
            models.CheckConstraint(
                condition=models.Q(state="running", lease_until__isnull=False) & ~models.Q(holder="")
                | ~models.Q(state="running") & models.Q(lease_until__isnull=True, holder=""),
                name="job_lease_of_running",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["done", "failed"], finished_at__isnull=False)
                | models.Q(state__in=["waiting", "running"], finished_at__isnull=True),
                name="job_finished_at_end",
            ),
        ]
        indexes = [
            models.Index(
                models.F("queue"),
                models.F("priority").desc(),
                models.F("run_at"),
                models.F("id"),
                name="job_waiting",
                condition=models.Q(state="waiting"),
            ),
            models.Index(fields=["queue", "lease_until"], name="job_running", condition=models.Q(state="running")),
            models.Index(
                fields=["queue", "finished_at"], name="job_ended", condition=models.Q(state__in=["done", "failed"])
            ),
        ]

    def __str__(self) -> str:
        return f"{self.queue}/{self.name} #{self.pk}"


class JobSlot(models.Model):
    """A moment of a schedule that has been dealt with: the constraint makes each happen once."""

    name = models.CharField(max_length=101, help_text="queue/name of the job.")
    slot = models.DateTimeField()

    class Meta:
        db_table = "job_slot"
        constraints = [models.UniqueConstraint(fields=["name", "slot"], name="job_slot_once")]


class MailMessage(models.Model):
    """A mail to one person: written in the transaction of what wants it, read by nobody once it has left.

    `content` is encrypted (`community.core.mail`) and emptied with the sending; the row is kept for a week.
    """

    class Lane(models.TextChoices):
        SECURITY = "security"
        ACCOUNT = "account"
        NOTIFICATION = "notification"
        BULK = "bulk"

    class State(models.TextChoices):
        WAITING = "waiting"
        SENDING = "sending"
        SENT = "sent"
        FAILED = "failed"
        SUPPRESSED = "suppressed"
        EXPIRED = "expired"

    reference = models.UUIDField(unique=True, default=uuid.uuid4, help_text="Names it in its Message-ID.")
    recipient = models.EmailField(max_length=255)
    lane = models.CharField(max_length=12, choices=Lane)
    purpose = models.CharField(max_length=80, help_text="Which letter it is, such as `password_reset_code`.")
    content = models.TextField(blank=True, help_text="Subject, text and HTML, encrypted; empty once it is over.")
    dedupe_key = models.CharField(max_length=200, blank=True, db_default="", help_text="At most one row has it.")
    state = models.CharField(max_length=10, choices=State, default=State.WAITING, db_default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0, db_default=0, help_text="Counted when one begins.")
    round = models.PositiveIntegerField(default=1, db_default=1, help_text="Of its jobs, only the newest counts.")
    next_attempt_at = models.DateTimeField(db_default=Now())
    begun_at = models.DateTimeField(null=True, help_text="When the newest attempt began.")
    expires_at = models.DateTimeField(null=True, help_text="Afterwards it would only confuse.")
    last_error = models.CharField(max_length=500, blank=True, db_default="")
    provider_id = models.CharField(max_length=255, blank=True, db_default="", help_text="What the server called it.")
    created_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "mail_message"
        constraints = [
            models.UniqueConstraint(
                fields=["dedupe_key"], name="mail_message_dedupe_key_once", condition=~models.Q(dedupe_key="")
            ),
            models.CheckConstraint(
                condition=models.Q(lane__in=["security", "account", "notification", "bulk"]),
                name="mail_message_lane_known",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["waiting", "sending"], ended_at__isnull=True)
                | models.Q(state__in=["sent", "failed", "suppressed", "expired"], ended_at__isnull=False),
                name="mail_message_ended_at_end",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["sent", "suppressed", "expired"], content="")
                | models.Q(state__in=["waiting", "sending", "failed"]) & ~models.Q(content=""),
                name="mail_message_content_until_end",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_attempt_at"],
                name="mail_message_open",
                condition=models.Q(state__in=["waiting", "sending"]),
            ),
            models.Index(fields=["ended_at"], name="mail_message_ended", condition=models.Q(ended_at__isnull=False)),
            models.Index(fields=["begun_at"], name="mail_message_begun", condition=~models.Q(lane="security")),
            models.Index(fields=["recipient"], name="mail_message_recipient"),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} #{self.pk}"


class MailSuppression(models.Model):
    """An address that gets no more mail, kept as a digest."""

    class Reason(models.TextChoices):
        BOUNCE = "bounce"
        COMPLAINT = "complaint"
        BY_HAND = "by-hand"

    digest = models.CharField(max_length=64, unique=True)
    reason = models.CharField(max_length=10, choices=Reason)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "mail_suppression"

    def __str__(self) -> str:
        return f"{self.reason} #{self.pk}"


class AuditEntry(models.Model):
    """One act of staff, for good: the database refuses to change or delete it (`community.core.audit`).

    Ids have no gaps. `digest` is of what lies beside it in AuditDetail, `chained` of the whole row and the one before.
    """

    occurred_at = models.DateTimeField()
    act = models.CharField(max_length=60)
    actor_id = models.BigIntegerField(null=True, help_text="Nobody where the site did it by itself.")
    target_kind = models.CharField(max_length=40, blank=True)
    target_id = models.BigIntegerField(null=True)
    request_id = models.CharField(max_length=64, blank=True)
    digest = models.CharField(max_length=64)
    previous = models.CharField(max_length=64)
    chained = models.CharField(max_length=64)

    class Meta:
        db_table = "audit_entry"
        indexes = [
            models.Index(fields=["target_kind", "target_id", "-id"], name="audit_entry_target"),
            models.Index(fields=["actor_id", "-id"], name="audit_entry_actor"),
            models.Index(fields=["occurred_at"], name="audit_entry_age"),
        ]

    def __str__(self) -> str:
        return f"{self.act} #{self.pk}"


class AuditDetail(models.Model):
    """What of an audit entry may hold personal words: it may go, and the chain of entries stays whole."""

    entry = models.OneToOneField(AuditEntry, on_delete=models.DO_NOTHING, primary_key=True, related_name="detail")
    address = models.CharField(max_length=45, blank=True)
    user_agent = models.CharField(max_length=500, blank=True)
    reason = models.TextField(blank=True)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    salt = models.CharField(max_length=32, help_text="So that nobody guesses from the digest what has gone.")

    class Meta:
        db_table = "audit_detail"
