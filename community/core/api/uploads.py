"""The base of API views that take a file: multipart instead of JSON, and a size of its own."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request

from community.core.api.parsers import TooLargeError
from community.core.api.views import ApiView, JSONNegotiation
from community.core.errors import DomainError

#: Bytes of a form around its file.
_ENVELOPE = 16 * 1024


class TooLargeUpload(TooLargeError):
    """The form is larger than the view's file may be (RFC 9110, section 15.5.14)."""

    def __init__(self, most: int) -> None:
        DomainError.__init__(self, _("The file is too large: at most %(size)d MiB.") % {"size": most // 1024**2})


class NotMultipart(DomainError):
    """The body is no form with a file (RFC 7578)."""

    code = "UNSUPPORTED_MEDIA_TYPE"
    status = 415
    message = gettext_lazy("Send the file as multipart/form-data.")


class MultipartNegotiation(JSONNegotiation):
    """A form comes in, JSON goes out."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        """The parser of forms. Raises NotMultipart for any other body."""
        media_type = (request.content_type or "").partition(";")[0].strip().lower()
        if media_type != MultiPartParser.media_type:
            raise NotMultipart
        return parsers[0]


class UploadView(ApiView):
    """A view whose body is a form with a file of at most `most_bytes`."""

    parser_classes = [MultiPartParser]
    content_negotiation_class = MultipartNegotiation
    most_bytes = 10 * 1024 * 1024

    def _refuse_large(self, request: Request) -> None:
        """Refuses by the announced length, before the body is read; a form is never read beyond that length."""
        length = str(request.META.get("CONTENT_LENGTH") or "0")
        if length.isdecimal() and int(length) > self.most_bytes + _ENVELOPE:
            raise TooLargeUpload(self.most_bytes)
