"""Facts about moderation."""

from __future__ import annotations

from community.facts.base import Fact, fact_class


@fact_class("report.made", aggregate="report", by="report_id")
class ReportMade(Fact):
    """Somebody reported a target."""

    report_id: int
    target_kind: str
    target_id: int
    reason: str


@fact_class("report.settled", aggregate="report", by="report_id")
class ReportSettled(Fact):
    """A moderator has decided: the target was hidden (`upheld`), or the report was put away."""

    report_id: int
    target_kind: str
    target_id: int
    upheld: bool
