"""Optimistic versions: a change says which version it was made from."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _
from rest_framework.request import Request

from community.core.errors import Conflict, Invalid

_TAG = re.compile(r'(?:W/)?"?(?P<version>[0-9]{1,18})(?:-[0-9a-f]+)?"?', re.ASCII)


def expected_version(request: Request, from_body: int | None = None) -> int | None:
    """The version the client has seen: field `version` of the body, or the header If-Match; None when unsaid.

    If-Match (RFC 9110, section 13.1.1) takes the ETag of the thing's own answer, or the bare number; `*` says
    nothing. Raises Invalid when the header cannot be read or differs from the body.
    """
    header = request.headers.get("If-Match", "").strip()
    if not header or header == "*":
        return from_body
    match = _TAG.fullmatch(header)
    if match is None:
        raise Invalid(fields={"If-Match": _("Send the ETag or the version of the thing you have read.")})
    from_header = int(match["version"])
    if from_body is not None and from_body != from_header:
        raise Invalid(fields={"version": _("The version in the body differs from the header If-Match.")})
    return from_header


def stale(current: int) -> Conflict:
    """The refusal for a change made from an old version; the answer tells the current one."""
    return Conflict(details={"currentVersion": current})
