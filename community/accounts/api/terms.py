"""The API of one's agreement to the terms of use, and of whom one brought."""

from __future__ import annotations

import dataclasses
from typing import Any

from rest_framework import serializers
from rest_framework.request import Request

from community.accounts import selectors, services
from community.accounts.choices import ReferralState
from community.core.api import pagination
from community.core.api.authentication import SignedIn
from community.core.api.fields import IdField, InstantField, StrictBooleanField
from community.core.api.operations import operation
from community.core.api.serializers import Input, Shape
from community.core.api.views import ApiView
from community.core.errors import Invalid


class TermsShape(Shape):
    """The terms that hold now."""

    version = serializers.CharField(allow_blank=True, help_text="Empty where the site has no terms.")
    agreed = serializers.BooleanField(help_text="False: reading works, writing answers 403 with TERMS_NOT_AGREED.")
    agreed_at = InstantField(allow_null=True)


class TermsInput(Input):
    """Agreement."""

    agree_to_terms = StrictBooleanField(help_text="Must be true.")


class TermsView(ApiView):
    """One's agreement to the terms of use."""

    permission_classes = [SignedIn]

    @operation("getTerms", tag="Me", access="signed-in", answer=TermsShape)
    def get(self, request: Request) -> selectors.Terms:
        """Get the terms that hold now, and whether one has agreed to them"""
        return selectors.get_terms(viewer=request.user)

    @operation("agreeToTerms", tag="Me", access="signed-in", body=TermsInput, answer=TermsShape)
    def put(self, request: Request, body: dict[str, Any]) -> selectors.Terms:
        """Agree to the terms that hold now"""
        if not body["agree_to_terms"]:
            raise Invalid(fields={"agree_to_terms": services.PLEASE_AGREE})
        return selectors.get_terms(viewer=services.agree_to_terms(actor=request.user))


class BroughtShape(Shape):
    """Somebody who joined by one's code."""

    id = IdField()
    username = serializers.CharField(allow_blank=True, help_text="Empty where one may not see the profile.")
    display_name = serializers.CharField(allow_blank=True)
    state = serializers.ChoiceField(choices=ReferralState.choices)
    joined_at = InstantField()


class BroughtView(ApiView):
    """Whom one brought."""

    permission_classes = [SignedIn]

    @operation(
        "listReferrals",
        tag="Me",
        access="signed-in",
        query=pagination.CursorQuery,
        answer=BroughtShape,
        wraps=pagination.cursor_pages_of,
    )
    def get(self, request: Request, query: dict[str, Any]) -> pagination.CursorPage:
        """List who joined by one's code, the latest first"""
        page = pagination.own_rows_after(
            selectors.list_referrals(viewer=request.user),
            ordering=("-created_at", "-pk"),
            query=query,
            name="referrals",
            person_id=request.user.pk,
        )
        cards = [selectors.brought_card(row) for row in page.items]
        return dataclasses.replace(page, items=cards)
