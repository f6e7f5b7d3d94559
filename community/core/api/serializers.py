"""Shapes of what goes in and out: fields are declared in snake_case and travel in camelCase."""

from __future__ import annotations

import functools
import threading
from collections.abc import Mapping
from typing import Any, ClassVar

from django.http import QueryDict
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.fields import SerializerMethodField

from community.core.api.names import camel

MOST_UNKNOWN_NAMES = 20


class _CamelSerializer(serializers.Serializer[Any]):
    """Renames the declared fields only: what lies inside a free JSON field is never touched."""

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """The declared fields under the names they have outside."""
        fields = {}
        for name, field in super().get_fields().items():
            outward = camel(name)
            if isinstance(field, SerializerMethodField):
                field.method_name = field.method_name or f"get_{name}"
            elif field.source is None and outward != name:
                field.source = name
            fields[outward] = field
        return fields


class Input(_CamelSerializer):
    """A body: unknown names are refused, each with its own message beside all other findings."""

    def to_internal_value(self, data: Any) -> Any:
        """The values by their Python names. Raises ValidationError with a message for each wrong field."""
        errors: dict[str, Any] = {}
        if isinstance(data, Mapping):
            unknown = sorted(str(name) for name in data if name not in self.fields)
            errors = {name[:100]: [_("There is no such field.")] for name in unknown[:MOST_UNKNOWN_NAMES]}
        try:
            values = super().to_internal_value(data)
        except serializers.ValidationError as error:
            if isinstance(error.detail, dict):
                raise serializers.ValidationError({**errors, **error.detail}) from error
            raise
        if errors:
            raise serializers.ValidationError(errors)
        return values


class Query(_CamelSerializer):
    """Parameters of a query string: malformed known ones are refused, unknown ones are ignored."""

    from_query = True

    @classmethod
    def read(cls, parameters: QueryDict) -> dict[str, Any]:
        """The values by their Python names. Raises ValidationError with a message for each wrong one."""
        query = cls(data=parameters.dict())
        query.is_valid(raise_exception=True)
        values: dict[str, Any] = query.validated_data
        return values


class Shape(_CamelSerializer):
    """An answer. With `selected` in the context (names outside) only these and the id are worked out."""

    #: set on the class that `selectable` makes: every field may be missing, except the id
    may_miss_fields = False
    #: names outside of fields that some answers do not have, such as one's own e-mail address
    sometimes: ClassVar[frozenset[str]] = frozenset()

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        """The declared fields under the names they have outside, or those that were asked for."""
        fields = super().get_fields()
        selected = self.context.get("selected") if self.may_miss_fields else None
        if not selected:
            return fields
        return {name: field for name, field in fields.items() if name in selected or name == "id"}


#: An instance of each shape for each thread: making one copies all its fields, which takes longer than using them.
_ready = threading.local()


def represent(shape: type[Shape], thing: Any, *, many: bool, context: Mapping[str, Any]) -> Any:
    """`thing` in this shape, or each of its things: what `shape(thing, many=many, context=context).data` holds."""
    if context.get("selected"):
        return shape(thing, many=many, context=context).data
    kept: dict[tuple[type[Shape], bool], Any] = _ready.__dict__.setdefault("shapes", {})
    maker = kept.get((shape, many)) or kept.setdefault((shape, many), shape(many=many))
    maker._context = context  # where DRF keeps what it is given when it is made; there is no door to it
    try:
        return maker.to_representation(thing)
    finally:
        maker._context = {}


@functools.cache
def selectable(shape: type[Shape]) -> type[Shape]:
    """The same shape for operations with the parameter `fields`: in the document only its id is certain."""
    return type(f"Selected{shape.__name__}", (shape,), {"may_miss_fields": True, "__doc__": shape.__doc__})


def outward_names(shape: type[Shape]) -> list[str]:
    """The field names of a shape as they are outside: the allow-list of `fields`."""
    return list(shape().fields)
