"""Asking a provider: what allauth sends goes out through a session that waits for nobody without end."""

from __future__ import annotations

import time
from typing import Any

import requests
from django.conf import settings
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError

#: Far above what a profile or a set of keys takes.
MOST_BYTES = 512 * 1024
_PIECE = 64 * 1024


class BoundedAdapter(HTTPAdapter):
    """Reads an answer at once, up to MOST_BYTES and for as long as the time limit: bytes that drip hold up nobody.

    The time limit of the library alone begins anew with each byte.
    """

    def send(self, request: Any, *args: Any, **kwargs: Any) -> requests.Response:
        """The answer, read to its end. Raises a RequestException when it is too long or takes too long."""
        ends_at = time.monotonic() + settings.SOCIALACCOUNT_REQUESTS_TIMEOUT
        response = super().send(request, *args, **{**kwargs, "stream": True})
        content = bytearray()
        try:
            while piece := response.raw.read1(_PIECE, decode_content=True):
                content += piece
                if len(content) > MOST_BYTES:
                    raise requests.exceptions.ContentDecodingError("The answer is too long.", request=request)
                if time.monotonic() > ends_at:
                    raise requests.exceptions.ReadTimeout("The answer takes too long.", request=request)
        except requests.RequestException:
            raise
        except (HTTPError, OSError, ValueError) as error:
            raise requests.exceptions.ConnectionError(error, request=request) from error
        finally:
            response.close()
        response._content = bytes(content)
        response._content_consumed = True
        return response


def bound(session: requests.Session) -> requests.Session:
    """Makes a session wait and read no longer than it may, and follow nobody who leads elsewhere."""
    session.max_redirects = 0
    for scheme in ("https://", "http://"):
        session.mount(scheme, BoundedAdapter())
    return session
