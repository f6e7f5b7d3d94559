"""One declaration per operation: it reads the input, shapes the answer, and is what the document says."""

from __future__ import annotations

import dataclasses
import functools
import inspect
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from community.core import caching
from community.core.api import idempotency
from community.core.api.document import ApiSchema
from community.core.api.fields import ID_PATTERN
from community.core.api.serializers import Input, Query, Shape, outward_names, represent, selectable
from community.core.errors import Invalid
from community.core.remembered import remembered

#: The parameter `id` of a path.
PATH_ID = OpenApiParameter(
    "id",
    {"type": "string", "pattern": ID_PATTERN},
    OpenApiParameter.PATH,
    description="The id, a text of digits.",
)

#: The parameter `username` of a path.
PATH_USERNAME = OpenApiParameter(
    "username",
    {"type": "string", "pattern": "^[A-Za-z0-9_]{1,50}$"},
    OpenApiParameter.PATH,
    description="The user name, in any letter case.",
)

Method = Callable[..., Any]


@dataclasses.dataclass(frozen=True)
class Operation:
    """What an operation declares about itself, kept on its method for the document."""

    status: int
    #: who may call it: "all", "optional" (all, and signed-in people see more), "signed-in"
    access: str
    errors: tuple[int, ...]
    selects: bool
    #: honours Idempotency-Key
    replayable: bool


def operation(
    identifier: str,
    *,
    tag: str,
    access: str,
    query: type[Query] | None = None,
    body: type[Input] | None = None,
    answer: type[Shape] | None = None,
    many: bool = False,
    status: int = 200,
    wraps: Callable[[type[Shape]], type[Shape]] | None = None,
    select: bool = False,
    errors: Sequence[int] = (),
    parameters: Sequence[OpenApiParameter] = (),
    replayable: bool = True,
) -> Callable[[Method], Method]:
    """Makes a view method an operation; its docstring becomes summary (first sentence) and description.

    The method gets `query` and `body` as dictionaries of checked values and returns the object that `answer`
    shapes; without `answer` the body is empty. `wraps` (such as `pagination.pages_of`) makes a list shape of
    `answer`; `select` adds the parameter `fields`, whose names must be fields of `answer`. `errors` adds to
    what the document says by itself. A POST honours Idempotency-Key, and its answer is kept for a day; one whose
    answer holds a secret, or that does more than change the database, says `replayable=False`.
    """
    item = selectable(answer) if answer is not None and select else answer
    shape = wraps(item) if wraps is not None and item is not None else item
    names = outward_names(answer) if answer is not None and select else []

    def declare(method: Method) -> Method:
        keyed = replayable and method.__name__ == "post"

        def answered(view: Any, request: Request, **kwargs: Any) -> Response:
            if query is not None:
                kwargs["query"] = query.read(request.query_params)
            context: dict[str, Any] = {"request": request}
            if names:
                context["selected"] = _selection(request.query_params.get("fields"), names)
            if body is not None:
                kwargs["body"] = _read_body(body, request)

            def make() -> Any:
                result = method(view, request, **kwargs)
                if isinstance(result, Response):
                    raise _ReadyMade(result)
                return represent(shape, result, many=many, context=context) if shape is not None else None

            tags = view.tags_for_guests()
            try:
                if tags:
                    key = (identifier, request.get_full_path(), *caching.surroundings(request._request))
                    return Response(remembered(key, tags, make), status=status)
                return Response(make(), status=status)
            except _ReadyMade as ready:
                return ready.response

        @functools.wraps(method)
        def run(view: Any, request: Request, **kwargs: Any) -> HttpResponseBase:
            work = functools.partial(answered, view, request, **kwargs)
            return idempotency.answered_once(request, work) if keyed else work()

        documented: list[Any] = [*parameters, *([query] if query is not None else [])]
        if keyed:
            documented.append(idempotency.PARAMETER)
        if names:
            documented.append(_fields_parameter(names))
        summary, description = _texts(method)
        response = shape(many=many) if shape is not None and many else shape
        run.operation = Operation(status, access, tuple(errors), bool(names), keyed)  # type: ignore[attr-defined]
        run.kwargs = {"schema": ApiSchema}  # type: ignore[attr-defined] # what extend_schema builds upon
        schema = extend_schema(
            operation_id=identifier,
            tags=[tag],
            summary=summary,
            description=description,
            parameters=documented,
            request=body,
            responses={status: OpenApiResponse(response, description=_ANSWERS.get(status, ""))},
        )
        return schema(run)

    return declare


class _ReadyMade(Exception):
    """The method has made its whole answer itself."""

    def __init__(self, response: Response) -> None:
        self.response = response


_ANSWERS = {200: "The answer.", 201: "It was made.", 202: "It will be done.", 204: "Done; there is no body."}


def _read_body(body: type[Input], request: Request) -> Mapping[str, Any]:
    values = body(data=request.data, context={"request": request})
    values.is_valid(raise_exception=True)
    checked: Mapping[str, Any] = values.validated_data
    return checked


def _selection(text: str | None, names: Sequence[str]) -> frozenset[str] | None:
    """The wanted names of `fields=a,b`; None when all are wanted. Raises Invalid for an unknown name."""
    if text is None:
        return None
    wanted = {name.strip() for name in text.split(",") if name.strip()}
    unknown = sorted(wanted - set(names))
    if unknown or not wanted:
        raise Invalid(fields={"fields": _("Choose from: %(names)s.") % {"names": ", ".join(names)}})
    return frozenset(wanted)


def _fields_parameter(names: Sequence[str]) -> OpenApiParameter:
    return OpenApiParameter(
        "fields",
        {"type": "array", "items": {"type": "string", "enum": list(names)}, "minItems": 1},
        OpenApiParameter.QUERY,
        style="form",
        explode=False,
        description="Only these fields of each thing, separated by commas; its id is always there.",
    )


def _texts(method: Method) -> tuple[str, str]:
    """Summary and description out of a docstring: its first line, and the rest."""
    summary, _break, rest = inspect.cleandoc(method.__doc__ or "").partition("\n")
    return summary.rstrip("."), rest.strip()
