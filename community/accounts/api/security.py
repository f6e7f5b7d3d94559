"""The API of one's own sign-ins."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request

from community.accounts import selectors, services
from community.accounts.choices import AlertAnswer, AlertKind, Door, Outcome, Severity
from community.accounts.models import SecurityAlert
from community.core.api import pagination
from community.core.api.authentication import SignedIn
from community.core.api.fields import IdField, InstantField, StrictChoiceField
from community.core.api.operations import PATH_ID, operation
from community.core.api.serializers import Input, Shape
from community.core.api.views import ApiView


class LoginAttemptShape(Shape):
    """A try to sign in to one's account."""

    id = IdField(source="pk")
    attempted_at = InstantField()
    success = serializers.BooleanField()
    outcome = serializers.ChoiceField(choices=Outcome.choices)
    door = serializers.ChoiceField(choices=Door.choices)
    address = serializers.CharField(allow_null=True, help_text="The IP address; null when the connection has none.")
    device = serializers.CharField(help_text="Browser and system in a few words.")
    user_agent = serializers.CharField(allow_blank=True)
    place = serializers.CharField(allow_blank=True, help_text="Roughly where; empty when nobody knows.")
    listed_network = serializers.BooleanField(
        source="listed", help_text="The address belongs to a network of the operator's list, such as a VPN or Tor."
    )


class LoginHistoryView(ApiView):
    """The history of sign-ins."""

    permission_classes = [SignedIn]

    @operation(
        "listLoginHistory",
        tag="Me",
        access="signed-in",
        query=pagination.CursorQuery,
        answer=LoginAttemptShape,
        wraps=pagination.cursor_pages_of,
    )
    def get(self, request: Request, query: dict[str, Any]) -> pagination.CursorPage:
        """List one's sign-ins

        Sign-ins of the last 30 days and what failed, the latest first.
        """
        rows = selectors.list_login_history(viewer=request.user)
        return pagination.own_rows_after(
            rows, ordering=("-attempted_at", "-pk"), query=query, name="login-history", person_id=request.user.pk
        )


class SecurityAlertShape(Shape):
    """Something that happened to one's account."""

    id = IdField(source="pk")
    kind = serializers.ChoiceField(choices=AlertKind.choices)
    title = serializers.CharField(source="get_kind_display", help_text="The kind in words.")
    severity = serializers.ChoiceField(choices=Severity.choices)
    created_at = InstantField()
    device = serializers.CharField(allow_blank=True, help_text="Browser and system; empty when it was no sign-in.")
    place = serializers.CharField(allow_blank=True, help_text="Roughly where; empty when nobody knows.")
    detail = serializers.CharField(allow_blank=True, help_text="Such as the provider of an identity.")
    answer = serializers.CharField(allow_null=True, help_text="`me` or `not_me`; null before the answer.")
    answered_at = InstantField(allow_null=True)

    def to_representation(self, instance: SecurityAlert) -> Any:
        """The alert; no answer is null."""
        values = super().to_representation(instance)
        values["answer"] = instance.answer or None
        return values


class AnswerInput(Input):
    """What one says of an alert."""

    answer = StrictChoiceField(choices=[AlertAnswer.ME.value, AlertAnswer.NOT_ME.value])


class SecurityAlertsView(ApiView):
    """One's alerts."""

    permission_classes = [SignedIn]

    @operation(
        "listSecurityAlerts",
        tag="Me",
        access="signed-in",
        query=pagination.CursorQuery,
        answer=SecurityAlertShape,
        wraps=pagination.cursor_pages_of,
    )
    def get(self, request: Request, query: dict[str, Any]) -> pagination.CursorPage:
        """List one's security alerts

        Those of a year: the ones that wait for an answer first, then the latest.
        """
        return pagination.own_rows_after(
            selectors.list_alerts(viewer=request.user),
            ordering=("-waits", "-created_at", "-pk"),
            query=query,
            name="security-alerts",
            person_id=request.user.pk,
        )


class AlertAnswerView(ApiView):
    """The answer to an alert."""

    permission_classes = [SignedIn]

    @operation(
        "answerSecurityAlert",
        tag="Me",
        access="signed-in",
        body=AnswerInput,
        answer=SecurityAlertShape,
        parameters=[PATH_ID],
        errors=[404, 409],
        replayable=False,
    )
    def put(self, request: Request, id: str, body: dict[str, Any]) -> SecurityAlert:
        """Say whether it was oneself

        `not_me` ends every session and token, also that of the request, and the password: a link to choose a new one
        is mailed. A change of the e-mail address is undone before that. It cannot be taken back (409).
        """
        return services.answer_alert(actor=request.user, alert_id=int(id), answer=body["answer"])
