"""Giving an account back to its owner: everybody is out, the password is useless, a link for a new one is mailed."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from community.accounts.models import User
from community.accounts.services.people import one_time_password_link
from community.accounts.services.registration import end_everything_after_reset
from community.core import mail
from community.core.transactions import retried


@retried
def force_reset(*, person: User) -> None:
    """Ends every session and token of `person`, and the password; mails a link, valid an hour, to choose another.

    Whoever has lost that mail asks for a new password as always.
    """
    person = User.objects.select_for_update(of=("self",)).select_related("profile").get(pk=person.pk)
    person.set_unusable_password()
    person.save(update_fields=["password", "updated_at"])
    end_everything_after_reset(person=person)
    with translation.override(person.profile.language):
        context = {"url": one_time_password_link(user=person)}
        mail.send(
            recipient=person.email,
            subject=_("Choose a new password"),
            text=render_to_string("emails/forced_reset.txt", context),
            lane="security",
            purpose="forced_reset",
            lasts=timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT),
        )
