"""The API of accounts for staff: who there is, and what becomes of whom."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from community.accounts import permissions, selectors, services
from community.accounts.api.serializers import PersonShape
from community.accounts.choices import Outcome, Role, Status
from community.accounts.models import User
from community.accounts.services.staff import HIGHEST_TRUST
from community.accounts.services.status import MOST_DAYS, MOST_REASON
from community.core.api import pagination
from community.core.api.fields import (
    IdField,
    InstantField,
    StrictBooleanField,
    StrictCharField,
    StrictChoiceField,
    StrictIntegerField,
)
from community.core.api.operations import PATH_USERNAME, operation
from community.core.api.serializers import Input, Shape
from community.core.api.versions import expected_version
from community.core.api.views import ApiView


class Staff(BasePermission):
    """Refuses others before anything of their request is looked at."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """May this request go on to the view?"""
        return permissions.can_list_people(request.user)


class AccountForStaffShape(PersonShape):
    """An account as staff see it."""

    display_name = serializers.CharField(source="profile.display_name")
    status = serializers.ChoiceField(choices=Status.choices)
    suspended_until = InstantField(allow_null=True)
    last_seen_at = InstantField(allow_null=True)
    trust_level = serializers.SerializerMethodField()
    email = serializers.SerializerMethodField(help_text="Null for moderators.")

    def get_trust_level(self, person: User) -> int:
        """0 to 4."""
        return selectors.trust_level_of(person)

    def get_email(self, person: User) -> str | None:
        """The address, for administrators."""
        return person.email if permissions.can_view_email(self.context["request"].user) else None


class StatusChangeShape(Shape):
    """A change of status."""

    id = IdField(source="pk")
    old = serializers.CharField(help_text="A status, as accounts have it.")
    new = serializers.CharField(help_text="A status, as accounts have it.")
    reason = serializers.CharField(allow_blank=True)
    by = serializers.CharField(source="actor.username", allow_null=True, default=None, help_text="Null: the site.")
    changed_at = InstantField()
    until = InstantField(allow_null=True)


class AttemptShape(Shape):
    """A try to sign in."""

    id = IdField(source="pk")
    attempted_at = InstantField()
    outcome = serializers.ChoiceField(choices=Outcome.choices)
    address = serializers.CharField(allow_null=True)
    device = serializers.CharField(allow_blank=True)


class AuditLineShape(Shape):
    """What staff did with the account."""

    id = IdField(source="pk")
    occurred_at = InstantField()
    act = serializers.CharField()
    by = serializers.CharField(source="actor_name", allow_null=True, help_text="Null: the site, or who is gone.")
    request_id = serializers.CharField(allow_blank=True)


class AccountRecordShape(Shape):
    """An account with its history, the newest first, at most 50 of each; sign-ins and acts for administrators only."""

    user = AccountForStaffShape(source="person")
    editor = serializers.BooleanField()
    two_factor = serializers.BooleanField(source="second_factor.enabled")
    trust_fixed = serializers.IntegerField(source="person.trust_fixed", allow_null=True, help_text="Set by staff.")
    statuses = serializers.ListField(child=serializers.CharField(), help_text="What you may change the status to.")
    roles = serializers.ListField(child=serializers.CharField(), help_text="What you may change the role to.")
    status_changes = StatusChangeShape(many=True)
    attempts = AttemptShape(many=True)
    audit = AuditLineShape(many=True)


class AccountsQuery(pagination.PageQuery):
    """Which accounts."""

    q = StrictCharField(
        required=False,
        allow_blank=True,
        max_length=100,
        help_text="Part of a name, for administrators of an address.",
    )
    role = StrictChoiceField(required=False, choices=Role.choices, help_text="Only people of this role.")
    status = StrictChoiceField(required=False, choices=Status.choices, help_text="Only accounts of this status.")
    verified = StrictBooleanField(required=False, help_text="With or without the tick.")


def _reason() -> StrictCharField:
    return StrictCharField(max_length=MOST_REASON, help_text="Why; it is kept in the log.")


def _version() -> StrictIntegerField:
    return StrictIntegerField(required=False, min_value=0, help_text="The version the change was made from.")


class StatusInput(Input):
    """Another status."""

    status = StrictChoiceField(choices=Status.choices)
    reason = _reason()
    days = StrictIntegerField(
        required=False, min_value=1, max_value=MOST_DAYS, help_text="Of a suspension; 7 without it."
    )
    version = _version()


class StandingInput(Input):
    """Role and what goes with it; what is left out stays as it is."""

    role = StrictChoiceField(required=False, choices=Role.choices)
    verified = StrictBooleanField(required=False, help_text="The tick beside the name.")
    editor = StrictBooleanField(required=False, help_text="Writes in all sections.")
    trust = StrictIntegerField(
        required=False, allow_null=True, min_value=0, max_value=HIGHEST_TRUST, help_text="Null: as reached."
    )
    reason = _reason()
    version = _version()


class StaffView(ApiView):
    """What is for staff only: guests get 401, others 403."""

    permission_classes = [Staff]


class AccountsView(StaffView):
    """All accounts."""

    @operation(
        "listAccounts",
        tag="Staff",
        access="signed-in",
        query=AccountsQuery,
        answer=AccountForStaffShape,
        wraps=pagination.pages_of,
        errors=[403],
    )
    def get(self, request: Request, query: dict[str, Any]) -> pagination.Page:
        """List accounts

        For moderators and administrators, by user name: also closed and waiting ones.
        """
        found = selectors.list_accounts(
            viewer=request.user,
            search=query.get("q", ""),
            role=query.get("role", ""),
            status=query.get("status", ""),
            verified=query.get("verified"),
        )
        return pagination.page_of_rows(found, page=query["page"], limit=query["limit"])


class AccountView(StaffView):
    """An account."""

    @operation(
        "getAccount",
        tag="Staff",
        access="signed-in",
        answer=AccountRecordShape,
        parameters=[PATH_USERNAME],
        errors=[403, 404],
    )
    def get(self, request: Request, username: str) -> selectors.AccountRecord:
        """Get an account with its history"""
        return _record(request, username)


class AccountStatusView(StaffView):
    """The status of an account."""

    @operation(
        "changeAccountStatus",
        tag="Staff",
        access="signed-in",
        body=StatusInput,
        answer=AccountRecordShape,
        parameters=[PATH_USERNAME],
    )
    def put(self, request: Request, username: str, body: dict[str, Any]) -> selectors.AccountRecord:
        """Suspend, ban, or let in again

        Moderators decide about people below them; lifting a ban, and closing for good, is for administrators. Whoever
        is shut out is so at once, everywhere. 409 for a change that is not possible.
        """
        person = selectors.get_account_by_name(username, viewer=request.user)
        services.change_status(
            actor=request.user,
            person=person,
            status=Status(body["status"]),
            reason=body["reason"],
            days=body.get("days"),
            version=expected_version(request, body.get("version")),
        )
        return _record(request, username)


class AccountRoleView(StaffView):
    """What an account may do."""

    @operation(
        "changeAccountRole",
        tag="Staff",
        access="signed-in",
        body=StandingInput,
        answer=AccountRecordShape,
        parameters=[PATH_USERNAME],
    )
    def put(self, request: Request, username: str, body: dict[str, Any]) -> selectors.AccountRecord:
        """Change role, tick, editors or trust

        For administrators, about people below them. The last administrator stays one (409).
        """
        version = expected_version(request, body.pop("version", None))
        person = selectors.get_account_by_name(username, viewer=request.user)
        services.change_standing(actor=request.user, person=person, version=version, **body)
        return _record(request, username)


def _record(request: Request, username: str) -> selectors.AccountRecord:
    person = selectors.get_account_by_name(username, viewer=request.user)
    return selectors.get_account_record(person, viewer=request.user)
