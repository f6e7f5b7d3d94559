"""Suspensions that end by themselves."""

from __future__ import annotations

from django.utils import timezone

from community.accounts.choices import Status
from community.accounts.models import User
from community.accounts.services.people import change_status
from community.core.transactions import retried


def end_suspension_if_over(*, person: User) -> User:
    """`person`, active again when the time of a suspension is over; nobody else costs a query."""
    if person.status != Status.SUSPENDED or person.suspended_until is None:
        return person
    if person.suspended_until > timezone.now():
        return person
    _end(person.pk)
    return User.objects.select_related("profile").get(pk=person.pk)


def end_suspensions() -> int:
    """Ends every suspension whose time is over; answers how many."""
    over = User.objects.filter(status=Status.SUSPENDED, suspended_until__lte=timezone.now())
    return sum(_end(person_id) for person_id in over.order_by("pk").values_list("pk", flat=True))


@retried
def _end(person_id: int) -> bool:
    # Somebody may have suspended the person anew meanwhile.
    person = User.objects.select_for_update().get(pk=person_id)
    if person.status != Status.SUSPENDED or person.suspended_until is None or person.suspended_until > timezone.now():
        return False
    change_status(actor=None, person=person, status=Status.ACTIVE, system=True)
    return True
