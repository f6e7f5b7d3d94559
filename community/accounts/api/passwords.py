"""The API's word on a password that somebody thinks of."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request

from community.accounts import selectors
from community.accounts.api.serializers import MOST_EMAIL, MOST_PASSWORD
from community.core import limits
from community.core.addresses import address_key, client_address
from community.core.api.authentication import Anyone
from community.core.api.fields import StrictCharField
from community.core.api.operations import operation
from community.core.api.serializers import Input, Shape
from community.core.api.views import ApiView


class PasswordStrengthInput(Input):
    """A password that somebody thinks of, and who they would be."""

    password = StrictCharField(max_length=MOST_PASSWORD, trim_whitespace=False)
    email = StrictCharField(required=False, max_length=MOST_EMAIL, allow_blank=True)
    username = StrictCharField(required=False, max_length=50, allow_blank=True)


class PasswordStrengthShape(Shape):
    """What the site says to it."""

    strength = serializers.IntegerField(
        min_value=0, max_value=100, help_text="How hard it is to guess; 50 or more is taken, less is refused."
    )
    problems = serializers.ListField(
        child=serializers.CharField(), help_text="Everything for which it would be refused, in sentences."
    )


class PasswordStrengthView(ApiView):
    """Judging a password before it is chosen."""

    permission_classes = [Anyone]

    @operation(
        "judgePassword",
        tag="Authentication",
        access="all",
        body=PasswordStrengthInput,
        answer=PasswordStrengthShape,
        replayable=False,
    )
    def post(self, request: Request, body: dict[str, Any]) -> selectors.Judgement:
        """Judge a password

        Says what registering or a change would say to it, and how strong it is. Nothing is kept. At most 30 times a
        minute.
        """
        limits.guard("strength", f"source:{address_key(client_address(request._request))}")
        return selectors.get_judgement(viewer=request.user, **body)
