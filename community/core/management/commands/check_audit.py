"""`manage.py check_audit`: is the audit log what was entered, from its first entry to its last?"""

from typing import Any

from django.core.management.base import BaseCommand

from community.core import audit
from community.core.models import AuditEntry


class Command(BaseCommand):
    help = "Verifies the chain of the audit log; exit code 1 when an entry was changed, removed or put in."

    def handle(self, *args: Any, **options: Any) -> None:
        findings = list(audit.verify())
        for finding in findings:
            self.stdout.write(finding)
        last = AuditEntry.objects.order_by("-pk").first()
        end = f", the last is {last.pk} with the hash {last.chained}" if last else ""
        self.stdout.write(f"{AuditEntry.objects.count()} entries{end}; {len(findings)} findings")
        if findings:
            raise SystemExit(1)
