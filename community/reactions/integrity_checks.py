"""What must be true of reactions. That the numbers beside targets are right, the core checks."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Exists, OuterRef

from community.core.integrity import integrity_check
from community.core.models import TargetCounts
from community.reactions.models import Reaction


@integrity_check("reactions-targets")
def reactions_targets() -> Iterator[str]:
    """Every reaction is to something that is there."""
    there = TargetCounts.objects.filter(target_kind=OuterRef("target_kind"), target_id=OuterRef("target_id"))
    lost = Reaction.objects.filter(~Exists(there)).order_by("pk")
    for pk, kind, target_id in lost.values_list("pk", "target_kind", "target_id"):
        yield f"reaction {pk} is to the {kind} {target_id}, which is gone"


@integrity_check("reactions-sums")
def reactions_sums() -> Iterator[str]:
    """The number of reactions beside a target is the sum of its types."""
    for row in TargetCounts.objects.exclude(reactions=0, reactions_by_type={}).iterator():
        if row.reactions != sum(row.reactions_by_type.values()):
            yield f"{row.target_kind} {row.target_id}: {row.reactions} reactions, of types {row.reactions_by_type}"
