"""The base of every API view: who asks, how often, in which format."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.http import parse_etags, quote_etag
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from community.core import caching, limits
from community.core.addresses import address_key, client_address
from community.core.api import errors
from community.core.api.authentication import (
    BearerAuthentication,
    CookieAuthentication,
    PersonalToken,
    SignedInToWrite,
    scope_needed,
)
from community.core.api.document import ApiSchema, document
from community.core.api.envelope import EnvelopeRenderer
from community.core.api.parsers import StrictJSONParser, TooLargeError
from community.core.errors import NotAllowed, NotFound, TooMany


class JSONNegotiation(BaseContentNegotiation):
    """There is one format; a client that accepts it in any spelling gets it."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        """The JSON parser, if the body says it is JSON; else None, which is a 415."""
        media_type = (request.content_type or "").partition(";")[0].strip().lower()
        return parsers[0] if media_type == "application/json" else None

    def select_renderer(self, request: Request, renderers: Any, format_suffix: str | None = None) -> Any:
        """The JSON renderer. Raises NotAcceptable when the client accepts no JSON."""
        accepted = {(kind.main_type, kind.sub_type) for kind in request._request.accepted_types}
        if accepted and not accepted & {("application", "json"), ("application", "*"), ("*", "*")}:
            raise exceptions.NotAcceptable
        return renderers[0], "application/json"


class ApiView(APIView):
    """What all API views share. Nothing of it stands in REST_FRAMEWORK: that would change Wagtail's API."""

    authentication_classes = [BearerAuthentication, CookieAuthentication]
    permission_classes = [SignedInToWrite]
    renderer_classes = [EnvelopeRenderer]
    parser_classes = [StrictJSONParser]
    throttle_classes = []
    content_negotiation_class = JSONNegotiation
    versioning_class = None
    #: What reads for guests show (community/core/generations.py), if they are the same for all; else nothing.
    #: `{id}` stands for that part of the address.
    page_tags: tuple[str, ...] = ()
    metadata_class = None
    schema = ApiSchema()

    def get_exception_handler(self) -> Any:
        """Our handler, whatever REST_FRAMEWORK says."""
        return errors.handle

    def _tags(self) -> tuple[str, ...]:
        return tuple(tag.format(**self.kwargs) for tag in self.page_tags)

    def tags_for_guests(self) -> tuple[str, ...]:
        """What the answer shows, if it is one that is the same for all guests; else nothing."""
        guest = self.request.method in ("GET", "HEAD") and not self.request.user.is_authenticated
        return self._tags() if guest else ()

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """What is asked before the view: who, how often, then size, format, method and permission."""
        self.format_kwarg = None
        refused: exceptions.APIException | None = None
        try:
            self.perform_authentication(request)
        except exceptions.APIException as error:
            refused = error
        self._count(request, known=refused is None)
        if refused is not None:
            raise refused
        if beforehand := getattr(request._request, "api_refusal", None):
            raise beforehand  # a middleware has found it; only now the request is counted
        self._refuse_large(request)
        renderer, media_type = self.perform_content_negotiation(request)
        request.accepted_renderer, request.accepted_media_type = renderer, media_type
        if str(request.method) not in self.allowed_methods:
            raise exceptions.MethodNotAllowed(str(request.method))
        self._require_scope(request)
        self.check_permissions(request)

    def _require_scope(self, request: Request) -> None:
        """A personal access token opens what its scopes say, and never what gives power over the account."""
        if isinstance(request.auth, PersonalToken):
            needed = scope_needed(str(request.method), request._request.path_info)
            if needed is None:
                raise NotAllowed(_("An access token is not enough for this. Please sign in."))
            if needed not in request.auth.scopes:
                raise NotAllowed(_("This access token lacks the permission “%(scope)s”.") % {"scope": needed})

    def _refuse_large(self, request: Request) -> None:
        """Refuses by the announced length, before the body is read."""
        length = str(request.META.get("CONTENT_LENGTH") or "0")
        if length.isdecimal() and int(length) > settings.API_MAX_BODY_BYTES:
            raise TooLargeError

    def _count(self, request: Request, *, known: bool) -> None:
        """Counts the request per user, else per address; the verdict becomes the headers X-RateLimit-…"""
        if known and request.user.is_authenticated:
            key = f"user:{request.user.pk}"
        else:
            key = f"address:{address_key(client_address(request._request))}"
        verdict = limits.hit("api", key)
        request._request.api_verdict = verdict  # type: ignore[attr-defined]
        if not verdict.allowed:
            raise TooMany(retry_after=verdict.retry_after)

    def options(self, request: Any, *args: Any, **kwargs: Any) -> Response:
        """The methods of this address (RFC 9110, section 9.3.7), without a body."""
        return Response(status=204)

    def finalize_response(self, request: Any, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Cache headers: what was read can be kept and asked for again by ETag, nothing else is kept."""
        response = super().finalize_response(request, response, *args, **kwargs)
        patch_vary_headers(response, ("Accept-Language", "Authorization", "Cookie"))
        if isinstance(response, Response) and request.method in ("GET", "HEAD") and response.status_code == 200:
            response.headers.setdefault("Cache-Control", "private, no-cache")
            response.add_post_render_callback(lambda rendered: _tag(request._request, rendered))
            caching.keep(response, *self._tags())
        else:
            response.headers.setdefault("Cache-Control", "no-store")
        return response


def _tag(request: HttpRequest, response: Response) -> HttpResponse | None:
    """Sets the ETag and answers 304 when the client has this state already (RFC 9110, section 13.1.2).

    The tag of a thing with a version begins with the version, so it can be sent back in If-Match.
    """
    digest = hashlib.blake2b(response.content, digest_size=8).hexdigest()
    version = response.data.get("version") if isinstance(response.data, dict) else None
    tag = f'"{version}-{digest}"' if isinstance(version, int) else f'"{digest}"'
    response["ETag"] = tag
    seen = parse_etags(request.headers.get("If-None-Match", ""))
    if "*" not in seen and tag not in seen and f"W/{tag}" not in seen:
        return None
    unchanged = HttpResponse(status=304)
    for name in ("ETag", "Cache-Control", "Vary"):
        unchanged[name] = response[name]
    del unchanged["Content-Type"]
    return unchanged


class DocumentView(ApiView):
    """The OpenAPI document itself, without envelope."""

    schema = None  # type: ignore[assignment]
    urlconf = ""

    def get(self, request: Request) -> HttpResponseBase:
        """The document of `urlconf` as JSON, or 304."""
        body = json.dumps(document(self.urlconf), cls=DjangoJSONEncoder).encode()
        tag = quote_etag(hashlib.blake2b(body, digest_size=8).hexdigest())
        response = HttpResponse(body, content_type="application/json")
        response["Cache-Control"] = "public, max-age=300"
        response["ETag"] = tag
        return get_conditional_response(request._request, etag=tag, response=response) or response


class UnknownAddress(ApiView):
    """Every address below /api that leads nowhere: 404 in JSON, counted like all others."""

    schema = None  # type: ignore[assignment]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Counts, then refuses, whatever the method."""
        try:
            super().initial(request, *args, **kwargs)
        except (exceptions.MethodNotAllowed, exceptions.NotAuthenticated) as error:
            raise NotFound from error
        raise NotFound
