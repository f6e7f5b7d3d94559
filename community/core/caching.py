"""Which answers may be kept by others, and how long: Cache-Control on every answer (RFC 9111)."""

from __future__ import annotations

import functools
from collections.abc import Callable, Hashable
from typing import Any, ParamSpec, TypeVar

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language

from community.core.languages import without_language
from community.core.remembered import remembered

P = ParamSpec("P")
R = TypeVar("R", bound=HttpResponseBase)

#: Read by the front (sparkle_site/front), which shows them to nobody.
TAGS_HEADER, VIEW_HEADER = "X-Page-Tags", "X-Page-View"
#: Browsers ask each time, by ETag; a cache in between may answer alone for a second.
KEPT = "public, max-age=0, s-maxage=1, must-revalidate"
ASKED_EACH_TIME = "private, no-cache"
NOT_STORED = "private, no-store"
MESSAGES_COOKIE = "messages"
PERSONAL_PATHS = ("/account/", "/cms/", "/django-admin/", "/_util/", "/_allauth/", "/dev/")
#: Files say it themselves, or leave it to whoever serves them.
FILE_PATHS = ("/static/", "/media/")


def keep(response: R, *tags: str) -> R:
    """Marks an answer as one that is the same for all guests, until one of `tags` is bumped (generations.py).

    It is then kept if it goes to a guest: nothing of it may depend on anything but the address, the theme and, below
    /api, the language that was asked for. Whoever looks at a draft in a preview gets it unmarked.
    """
    response._page_tags = tags  # type: ignore[attr-defined]
    return response


def kept(*tags: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """`keep` for whatever a view answers."""

    def decorate(view: Callable[P, R]) -> Callable[P, R]:
        @functools.wraps(view)
        def answered(*args: P.args, **kwargs: P.kwargs) -> R:
            return keep(view(*args, **kwargs), *tags)

        return answered

    return decorate


def for_guests(request: HttpRequest, tags: tuple[str, ...], make: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """What a page shows, made by `make`: for guests at one address remembered until one of `tags` is bumped.

    The parts of its template between `{% fragment %}` and `{% endfragment %}` are then rendered once as well.
    """
    if request.user.is_authenticated:
        return make()
    return for_readers(request, (request.get_full_path(),), tags, make)


def for_readers(
    request: HttpRequest, key: tuple[Hashable, ...], tags: tuple[str, ...], make: Callable[[], dict[str, Any]]
) -> dict[str, Any]:
    """The same for all who get an equal `key`, guests or not; never in previews."""
    if getattr(request, "is_preview", False):
        return make()
    depends = (*key, *surroundings(request))
    request._remembered = (depends, tags)  # type: ignore[attr-defined]
    return remembered(depends, tags, make)


def surroundings(request: HttpRequest) -> tuple[str, ...]:
    """What every page depends on besides its address: host, language and time zone."""
    return (request.get_host(), get_language() or "", timezone.get_current_timezone_name())


def viewed(response: R, target: str, *, reader: int | None = None) -> R:
    """Marks an answer as a view of `target`, such as "post:5", which the front counts, whether it was kept or not.

    `reader` is the id of somebody for whom it is noted what they read; such an answer must not be kept.
    """
    response[VIEW_HEADER] = target if reader is None else f"{target} {reader}"
    return response


def decide(request: HttpRequest, response: HttpResponseBase) -> None:
    """Sets Cache-Control, and for an answer that is kept the header that tells the front what it shows."""
    tags: tuple[str, ...] = getattr(response, "_page_tags", ())
    if tags and _goes_to_a_guest(request) and _can_be_kept(response):
        response[TAGS_HEADER] = " ".join(tags)
        if response.headers.get("Cache-Control", "").startswith("public"):
            patch_vary_headers(response, ("Accept-Encoding",))  # the view knows that cookies change nothing
        else:
            response["Cache-Control"] = KEPT
            patch_vary_headers(response, ("Cookie", "Accept-Encoding"))
        return
    path = without_language(request.path)
    if not path.startswith(FILE_PATHS):
        personal = path.startswith(PERSONAL_PATHS)
        response.headers.setdefault("Cache-Control", NOT_STORED if personal else ASKED_EACH_TIME)


def _goes_to_a_guest(request: HttpRequest) -> bool:
    return (
        request.method in ("GET", "HEAD")
        and settings.SESSION_COOKIE_NAME not in request.COOKIES
        and MESSAGES_COOKIE not in request.COOKIES
        and "Authorization" not in request.headers
        and not getattr(request, "is_preview", False)
    )


def _can_be_kept(response: HttpResponseBase) -> bool:
    """Whole, without cookies, and not forbidden by its view."""
    said = response.headers.get("Cache-Control", ASKED_EACH_TIME)
    allowed = said == ASKED_EACH_TIME or said.startswith("public")
    return response.status_code == 200 and not response.streaming and not response.cookies and allowed
