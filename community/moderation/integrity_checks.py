"""What must be true of reports."""

from __future__ import annotations

from collections.abc import Iterator

from community.core import targets
from community.core.integrity import integrity_check
from community.moderation.models import Report


@integrity_check("report-kinds")
def report_kinds() -> Iterator[str]:
    """What is reported is of a kind that somebody answers for."""
    for report_id in (
        Report.objects.exclude(target_kind__in=targets.kinds()).order_by("pk").values_list("pk", flat=True)
    ):
        yield f"report {report_id} is about a kind of thing that nobody knows"
