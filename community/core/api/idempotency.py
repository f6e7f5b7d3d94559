"""The header Idempotency-Key: a POST that is sent twice is done once and answered twice.

After https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/.
"""

from __future__ import annotations

import functools
import hashlib
import re
from collections.abc import Callable
from typing import Any

from django.db import InterfaceError, OperationalError, transaction
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.http.response import HttpResponseBase
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import ParseError
from rest_framework.request import Request
from rest_framework.response import Response

from community.core import idempotency
from community.core.addresses import address_key, client_address
from community.core.api import errors
from community.core.api.envelope import EnvelopeRenderer
from community.core.errors import Invalid
from community.core.idempotency import Answer

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
KEY = re.compile(r"[!-~]{1,255}\Z")
#: Headers that belong to the answer; all others are made anew for each request.
KEPT_HEADERS = ("ETag", "Location")
#: Who asks again may hear something else: signed in, less often, or without a fault of the site.
PASSING = frozenset({401, 408, 425, 429})

PARAMETER = OpenApiParameter(
    HEADER,
    {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]{1,255}$"},
    OpenApiParameter.HEADER,
    description=(
        "A key of your choice, new for each request, such as a UUID. Sent again with the same key within 24 hours, "
        "the same request is not done again: it gets the first answer, with the header Idempotency-Replayed. "
        "409 `IDEMPOTENCY_KEY_REUSED` when the request is another one, 409 `IDEMPOTENCY_KEY_IN_USE` with "
        "Retry-After while the first one is worked on."
    ),
)


def answered_once(request: Request, work: Callable[[], Response]) -> HttpResponseBase:
    """The answer of `work`, or the kept one; without the header simply that of `work`.

    Raises Invalid for a key that is none, KeyReused or KeyInUse. `work` runs in a transaction, perhaps twice.
    """
    key = request.headers.get(HEADER)
    if key is None:
        return work()
    if not KEY.match(key):
        raise Invalid(fields={HEADER: _("A key has 1 to 255 visible characters of ASCII.")})
    answer, replayed = idempotency.once(
        owner=_owner(request),
        key=key,
        fingerprint=_fingerprint(request._request),
        work=functools.partial(_answer, work),
    )
    response = HttpResponse(answer.body, status=answer.status, headers=dict(answer.headers))
    if answer.body:
        response["Content-Type"] = EnvelopeRenderer.media_type
    else:
        del response["Content-Type"]
    if replayed:
        response[REPLAYED] = "true"
    return response


def _owner(request: Request) -> str:
    if request.user.is_authenticated:
        return f"user:{request.user.pk}"
    address = address_key(client_address(request._request))
    return f"address:{salted_hmac('idempotency', address, algorithm='sha256').hexdigest()}"


def _fingerprint(request: HttpRequest) -> str:
    """The same for the same request: method, address in its one spelling, query and body, byte for byte."""
    try:
        body = request.body
    except UnreadablePostError as error:
        raise ParseError(_("The body ended too early.")) from error
    digest = hashlib.blake2b(digest_size=32)
    for part in (str(request.method), request.path_info, request.META.get("QUERY_STRING", "")):
        digest.update(part.encode("utf-8", "surrogateescape") + b"\0")
    digest.update(body)
    return digest.hexdigest()


def _answer(work: Callable[[], Response]) -> Answer:
    """The answer as it is kept. A refusal is one too, and undoes what was done before it, but not the key's row.

    Raises what is no answer for good, so that the row goes as well.
    """
    try:
        with transaction.atomic():
            response = work()
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:
        refused = errors.handle(error, {})
        if refused is None or not _is_final(refused.status_code):
            raise
        response = refused
    headers = {name: str(response[name]) for name in KEPT_HEADERS if name in response}
    return Answer(response.status_code, headers, _rendered(response), _is_final(response.status_code))


def _is_final(status: int) -> bool:
    return status < 500 and status not in PASSING


def _rendered(response: Response) -> bytes:
    context: dict[str, Any] = {"response": response}
    return EnvelopeRenderer().render(response.data, renderer_context=context)
