"""A tiny API on the kernel, for its tests: every kind of input, list and fault."""

from __future__ import annotations

import dataclasses
from types import SimpleNamespace
from typing import Any

from django.db import DataError, IntegrityError, OperationalError
from django.urls import path, re_path
from rest_framework import serializers
from rest_framework.request import Request

from community.core import errors
from community.core.api import pagination
from community.core.api.authentication import Anyone
from community.core.api.fields import (
    IdField,
    InstantField,
    RawJSONField,
    StrictBooleanField,
    StrictCharField,
    StrictChoiceField,
    StrictIntegerField,
)
from community.core.api.operations import PATH_ID, operation
from community.core.api.serializers import Input, Shape
from community.core.api.versions import expected_version, stale
from community.core.api.views import ApiView, DocumentView, UnknownAddress
from community.core.models import LimitCount

FAULTS: dict[str, Exception] = {
    "integrity": IntegrityError("duplicate key value violates unique constraint secret_table"),
    "data": DataError("value too long for secret_column"),
    "away": OperationalError("connection to server at 10.0.0.7 failed"),
    "mine": ZeroDivisionError("secret"),
    "quick": errors.TooMany(retry_after=7),
    "suspended": errors.AccountSuspended(details={"until": None}),
    "field": errors.Invalid(fields={"cover_image": "Not yours."}),
}


class ThingInput(Input):
    """Everything a body can hold."""

    long_title = StrictCharField(max_length=20)
    note = StrictCharField(max_length=20, allow_blank=True, required=False)
    how_many = StrictIntegerField(required=False, min_value=0, max_value=9)
    is_open = StrictBooleanField(required=False)
    kind = StrictChoiceField(choices=["a", "b"], required=False)
    owner_id = IdField(required=False)
    tags = serializers.ListField(child=StrictCharField(max_length=5), required=False, max_length=3)
    settings = RawJSONField(required=False)
    version = StrictIntegerField(required=False, min_value=0)


class ThingShape(Shape):
    """What comes back."""

    id = IdField()
    long_title = serializers.CharField()
    made_at = InstantField(allow_null=True)
    settings = RawJSONField()
    version = serializers.IntegerField()


class RowShape(Shape):
    """A row of the list."""

    id = IdField()
    count_of_hits = serializers.IntegerField(source="count")


@dataclasses.dataclass
class Thing:
    """A thing."""

    id: int = 7
    long_title: str = "Seven"
    made_at: Any = None
    settings: Any = dataclasses.field(default_factory=dict)
    version: int = 3


class ThingsView(ApiView):
    """A list and a way to add to it."""

    @operation(
        "listThings", tag="Things", access="all", query=pagination.GrowingPageQuery, answer=RowShape,
        wraps=pagination.growing_pages_of, select=True,
    )  # fmt: skip
    def get(self, request: Request, query: dict[str, Any]) -> pagination.Page:
        """Lists things."""
        rows = LimitCount.objects.filter(bucket="probe")
        return pagination.growing_page(rows, ordering=("-count", "-pk"), scope="things", **query)

    @operation("addThing", tag="Things", access="signed-in", body=ThingInput, answer=ThingShape, status=201)
    def post(self, request: Request, body: dict[str, Any]) -> Thing:
        """Adds a thing."""
        return Thing(long_title=body["long_title"], settings=body.get("settings"))


class ThingView(ApiView):
    """One thing."""

    @operation("getThing", tag="Things", access="optional", answer=ThingShape, select=True, parameters=[PATH_ID])
    def get(self, request: Request, id: str) -> Thing:
        """Gives a thing."""
        return Thing()

    @operation(
        "changeThing",
        tag="Things",
        access="signed-in",
        body=ThingInput,
        answer=ThingShape,
        parameters=[PATH_ID],
    )
    def put(self, request: Request, id: str, body: dict[str, Any]) -> Thing:
        """Changes a thing."""
        version = expected_version(request, body.get("version"))
        if version is not None and version != 3:
            raise stale(3)
        return Thing(version=4)

    @operation("deleteThing", tag="Things", access="signed-in", status=204, parameters=[PATH_ID])
    def delete(self, request: Request, id: str) -> None:
        """Deletes a thing."""


class EchoView(ApiView):
    """Says what was understood, to anybody."""

    permission_classes = [Anyone]

    @operation("echo", tag="Things", access="all", body=ThingInput, answer=ThingShape)
    def post(self, request: Request, body: dict[str, Any]) -> Thing:
        """Echoes the body."""
        return Thing(settings={key: str(value) for key, value in body.items()} | {"raw": body.get("settings")})


class FaultView(ApiView):
    """Fails in a chosen way."""

    @operation("fail", tag="Things", access="all", answer=ThingShape, errors=(400, 403, 409))
    def get(self, request: Request, name: str) -> SimpleNamespace:
        """Fails."""
        raise FAULTS[name]


urlpatterns = [
    path("api/things", ThingsView.as_view()),
    path("api/things/<str:id>", ThingView.as_view()),
    path("api/echo", EchoView.as_view()),
    path("api/faults/<str:name>", FaultView.as_view()),
    path("api/openapi.json", DocumentView.as_view(urlconf=__name__)),
    re_path(r"^api(?:/[\s\S]*)?\Z", UnknownAddress.as_view()),
]
handler500 = "sparkle_site.errors.server_error"
