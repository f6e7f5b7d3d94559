"""`manage.py mail`: how mails stand; sending again what was given up; addresses that get none."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand, CommandError

from community.core import mail
from community.core.models import MailMessage, MailSuppression

LISTED = 100
ROW = "{:>8}  {:<12} {:<28} {:<10} {:>5}  {:<19}  {}"


class Command(BaseCommand):
    """The operator's view of mail (docs/operations.md). It shows no addresses and no contents."""

    help = "Shows mails; sends again what was given up; stops and allows mail to an address."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The verbs, each with its names."""
        verbs = parser.add_subparsers(dest="verb", required=True)
        listing = verbs.add_parser("list", help=f"the newest {LISTED} mails")
        listing.add_argument("--state", choices=MailMessage.State.values, default="", help="in this state only")
        listing.add_argument("--to", default="", metavar="ADDRESS", help="to this address only")
        retry = verbs.add_parser("retry", help="give mails that were given up all their attempts again")
        retry.add_argument("ids", type=int, nargs="*", metavar="ID", help="all of them, if none is named")
        suppress = verbs.add_parser("suppress", help="send nothing more to an address")
        suppress.add_argument("address", metavar="ADDRESS")
        suppress.add_argument("--reason", choices=MailSuppression.Reason.values, default="by-hand")
        verbs.add_parser("allow", help="send to an address again").add_argument("address", metavar="ADDRESS")

    def handle(self, *args: Any, verb: str, **options: Any) -> None:
        """Does what the verb says. Raises CommandError with the reason when it cannot be done."""
        match verb:
            case "list":
                self._list(mail.list_messages(state=options["state"], recipient=options["to"], limit=LISTED))
            case "retry":
                self._retry(options["ids"])
            case "suppress":
                new = mail.suppress(options["address"], reason=options["reason"])
                self.stdout.write("gets no more mail" if new else "got no mail already")
            case "allow":
                gone = mail.allow(options["address"])
                self.stdout.write("gets mail again" if gone else "nothing stood against it")

    def _list(self, rows: list[MailMessage]) -> None:
        if not rows:
            self.stdout.write("none")
            return
        self.stdout.write(ROW.format("id", "lane", "letter", "state", "tries", "next or end (UTC)", "last error"))
        for row in rows:
            moment = row.ended_at or row.next_attempt_at
            self.stdout.write(
                ROW.format(
                    row.pk,
                    row.lane,
                    row.purpose,
                    row.state,
                    row.attempts,
                    f"{moment:%Y-%m-%d %H:%M:%S}",
                    row.last_error[:100],
                ).rstrip()
            )

    def _retry(self, ids: list[int]) -> None:
        failed = ids or [row.pk for row in mail.list_messages(state=MailMessage.State.FAILED, limit=1000)]
        if missed := [pk for pk in failed if not mail.retry(pk)]:
            raise CommandError(f"not given up: {', '.join(map(str, missed))}")
        self.stdout.write(f"{len(failed)} will be sent again")
