"""`manage.py jobs`: how queues, jobs and schedules stand; retrying, dismissing, pausing, starting by hand."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.core.management import BaseCommand, CommandError

from community.core import jobs
from community.core.errors import DomainError
from community.core.models import Job

LISTED = 100
JOB = "{:>8}  {:<28} {:<8} {:<20} {:>5}  {}"
QUEUE = "{:<14} {:>7} {:>9} {:>7} {:>5} {:>6}  {:>8}  {}"
PERIODIC = "{:<28} {:<26} {:<20} {}"


class Command(BaseCommand):
    """The operator's view of the ledger (docs/jobs.md)."""

    help = "Shows queues, jobs and schedules; retries, dismisses and starts jobs; pauses queues."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The verbs, each with its names."""
        verbs = parser.add_subparsers(dest="verb", required=True)
        verbs.add_parser("queues", help="how many jobs wait, run and failed, of each queue")
        listing = verbs.add_parser("list", help=f"the newest {LISTED} jobs")
        listing.add_argument("--queue", help="of this queue only")
        listing.add_argument("--state", help=f"in this state only: {', '.join(Job.State.values)}")
        for verb, meaning in (
            ("show", "a job with its last error"),
            ("retry", "give a failed job all its tries again"),
            ("dismiss", "put a failed job away"),
        ):
            verbs.add_parser(verb, help=meaning).add_argument("id", type=int, metavar="ID")
        for verb, meaning in (("pause", "begin no more jobs of a queue"), ("resume", "let a queue go on")):
            verbs.add_parser(verb, help=meaning).add_argument("queue", metavar="QUEUE")
        start = verbs.add_parser("start", help="enter a job by hand")
        start.add_argument("queue", metavar="QUEUE")
        start.add_argument("name", metavar="NAME")
        start.add_argument("--data", default="{}", metavar="JSON", help="what it takes")
        verbs.add_parser("periodic", help="jobs that come by themselves, with their last and next time")

    def handle(self, *args: Any, verb: str, **options: Any) -> None:
        """Does what the verb says. Raises CommandError with the reason when it cannot be done."""
        try:
            self._do(verb, options)
        except DomainError as error:
            reasons = [f"{name}: {text}" for name, text in error.fields.items()] or [str(error.message)]
            raise CommandError("\n".join(reasons)) from error

    def _do(self, verb: str, options: dict[str, Any]) -> None:
        match verb:
            case "queues":
                self._queues(jobs.queue_states())
            case "list":
                self._list(jobs.list_jobs(options["queue"], options["state"], LISTED))
            case "show":
                self._show(jobs.get_job(options["id"]))
            case "retry":
                job = jobs.retry_job(options["id"])
                self.stdout.write(f"{job.queue}/{job.name} will run again")
            case "dismiss":
                job = jobs.dismiss_job(options["id"])
                self.stdout.write(f"{job.queue}/{job.name} put away")
            case "pause" | "resume":
                name = jobs.set_paused(options["queue"], verb == "pause")
                self.stdout.write(f"{name} is paused" if verb == "pause" else f"{name} goes on")
            case "start":
                job = jobs.start_by_hand(options["queue"], options["name"], _json(options["data"]))
                self.stdout.write(f"{job.queue}/{job.name} entered as job {job.pk}")
            case "periodic":
                self._periodic(jobs.periodic_states())

    def _queues(self, states: Iterable[jobs.QueueState]) -> None:
        self.stdout.write(QUEUE.format("queue", "waiting", "scheduled", "running", "done", "failed", "oldest", ""))
        for state in states:
            self.stdout.write(
                QUEUE.format(
                    state.name,
                    state.waiting,
                    state.scheduled,
                    f"{state.running}/{state.parallel}",
                    state.done,
                    state.failed,
                    f"{state.oldest_seconds:.0f} s",
                    "paused" if state.paused else "",
                ).rstrip()
            )

    def _list(self, rows: list[Job]) -> None:
        if not rows:
            self.stdout.write("none")
            return
        self.stdout.write(JOB.format("id", "job", "state", "due (UTC)", "tries", "last error"))
        for row in rows:
            error = (row.last_error.splitlines() or [""])[-1][:100]
            self.stdout.write(
                JOB.format(
                    row.pk, f"{row.queue}/{row.name}", row.state, _moment(row.run_at), row.attempts, error
                ).rstrip()
            )
        if len(rows) == LISTED:
            self.stdout.write(f"… the newest {LISTED} are shown")

    def _show(self, job: Job) -> None:
        self.stdout.write(f"{job.queue}/{job.name} #{job.pk}, {job.state}")
        self.stdout.write(f"data      {json.dumps(job.data, ensure_ascii=False)}")
        self.stdout.write(f"tries     {job.attempts}, of which failed {job.failures} of {job.max_attempts}")
        for word, moment in (
            ("entered", job.created_at),
            ("due", job.run_at),
            ("begun", job.started_at),
            ("ended", job.finished_at),
        ):
            self.stdout.write(f"{word:<9} {_moment(moment)}")
        if job.holder:
            self.stdout.write(f"holder    {job.holder} until {_moment(job.lease_until)}")
        if job.last_error:
            self.stdout.write(f"\n{job.last_error.rstrip()}")

    def _periodic(self, states: Iterable[jobs.PeriodicState]) -> None:
        self.stdout.write(PERIODIC.format("job", "schedule", "last (UTC)", "next (UTC)"))
        for state in states:
            self.stdout.write(
                PERIODIC.format(f"{state.queue}/{state.name}", state.schedule, _moment(state.last), _moment(state.next))
            )


def _moment(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S}" if moment else "-"


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise CommandError(f"--data is not JSON: {error}") from error
