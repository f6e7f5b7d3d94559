"""Reads a request: may it be answered from the cache, and which requests are the same as it?"""

from __future__ import annotations

import functools
import re
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, NamedTuple
from urllib.parse import quote

from django.conf import settings
from django.http import HttpRequest
from django.http.request import split_domain_port, validate_host
from django.utils import translation

from community.core.api_address import is_api
from community.core.caching import MESSAGES_COOKIE, PERSONAL_PATHS
from community.core.languages import codes, in_language

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

LONGEST_PATH = 400
#: Pages that are never the same for all guests, or count what is asked; and what is no page.
NEVER = (*PERSONAL_PATHS, "/search/")
NEVER_PREFIXES = (
    "/static/",
    "/media/",
    "/documents/",
    "/healthz",
    "/readyz",
    "/metrics",
    "/service-worker.js",
    "/api-docs",
    "/api/auth/",
    "/api/me",
    "/api/search",
    "/api/v2",
)
_NUMBER, _SLUG, _WORD = r"[0-9]{1,5}", r"[A-Za-z0-9_-]{1,100}", r"[a-z]{1,20}"
#: Parameters that pages of lists read, and what well-formed values are. Others, and other values, go to Django.
PAGE_PARAMETERS = {
    "page": _NUMBER,
    "tab": _WORD,
    "sort": _WORD,
    "category": _SLUG,
    "language": r"[a-z]{2}",
    "verified": r"on",
    "after": r"[0-9]{1,18}",
    "part": r"1",
}
API_PARAMETERS = {
    "page": _NUMBER,
    "limit": _NUMBER,
    "sort": _WORD,
    "category": _SLUG,
    "tag": _SLUG,
    "author": _SLUG,
    "section": _SLUG,
    "series": r"[0-9]{1,18}",
    "language": r"[a-z]{2}",
    "fields": r"[A-Za-z,]{1,300}",
}
#: Says where a reader comes from and changes nothing: neither told apart nor shown to Django.
TRACKING = re.compile(
    r"(?:utm_[a-z]+|fbclid|gclid|dclid|gbraid|wbraid|msclkid|yclid|ttclid|twclid|igshid|mc_[ce]id)(?:=.*)?",
    re.ASCII | re.DOTALL,
)
#: The theme of a page without a cookie, and those a cookie may ask for besides (cms/adapters.py).
THEME, OTHER_THEMES = "dark", ("light", "system")
_THEME_COOKIE = re.compile(rb'(?:^|;)\s*theme\s*=\s*"?(\w*)"?\s*(?=;|$)')


class Key(NamedTuple):
    """Requests with equal keys get the same page; from nothing else is it made."""

    scheme: str
    host: str
    path: str
    query: str
    theme: str
    language: str
    origin: str


class Asked(NamedTuple):
    """What is left of a request that may be answered from the cache."""

    key: Key
    gzip: bool
    none_match: bytes
    is_get: bool
    agent: bytes


class Reader:
    """Reads requests by the settings of this site."""

    def __init__(self) -> None:
        spelled = [in_language(path, code) for path in NEVER for code in codes()]
        self.never = (*NEVER_PREFIXES, *spelled)
        self.personal_cookies = (
            settings.SESSION_COOKIE_NAME.encode(),
            settings.LANGUAGE_COOKIE_NAME.encode(),
            MESSAGES_COOKIE.encode(),
        )
        header = settings.SECURE_PROXY_SSL_HEADER
        self.scheme_header = _spelled(header[0]) if header else None
        self.secure_value = header[1] if header else ""
        self.secure_bytes = self.secure_value.encode()
        self.origins = frozenset(origin.encode() for origin in settings.CORS_ALLOWED_ORIGINS)

    def read(self, scope: Scope) -> Asked | None:
        """What is asked, or None for a request that Django must see as it is."""
        method, path = scope["method"], scope["path"]
        if (method != "GET" and method != "HEAD") or path.startswith(self.never) or len(path) > LONGEST_PATH:
            return None
        api = path.startswith("/api") and is_api(path)
        host = none_match = agent = languages = origin = encodings = b""
        theme = THEME
        scheme = scope.get("scheme", "http")
        scheme_header, scheme_told = self.scheme_header, False
        for name, value in scope["headers"]:
            if name == b"host":
                if host:
                    return None
                host = value
            elif name == b"accept-encoding":
                encodings = value
            elif name == b"user-agent":
                agent = value
            elif name == b"cookie":
                if any(cookie in value for cookie in self.personal_cookies):
                    return None
                theme = _theme(value) if b"theme" in value else theme
            elif name == b"if-none-match":
                none_match = value
            elif name == scheme_header:
                if value == self.secure_bytes and not scheme_told:
                    scheme, scheme_told = "https", True
                elif not scheme_told:
                    first = value.partition(b",")[0].strip().decode("latin-1")
                    scheme, scheme_told = ("https" if first == self.secure_value else "http"), True
            elif name == b"authorization" or name == b"transfer-encoding":
                return None
            elif name == b"content-length":
                if value != b"0":
                    return None
            elif api:
                if name == b"accept-language":
                    languages = value
                elif name == b"accept":
                    if b"json" not in value and b"*/*" not in value and b"application/*" not in value:
                        return None
                elif name == b"origin" and value in self.origins:
                    origin = value
        if not _is_allowed(host):
            return None
        query = _query(scope["query_string"], api)
        if query is None:
            return None
        language = _language(languages) if api else ""
        key = Key(scheme, host.decode(), path, query, theme, language, origin.decode())
        return Asked(key, _takes_gzip(encodings), none_match, method == "GET", agent)


def canonical(key: Key, scope: Scope) -> Scope:
    """The request that stands for all with this key: nothing in it comes from this client but its address."""
    headers: Headers = [(b"host", key.host.encode())]
    secure = settings.SECURE_PROXY_SSL_HEADER
    if secure:
        headers.append((_spelled(secure[0]), (secure[1] if key.scheme == "https" else "http").encode()))
    # Limits count by it.
    address = _spelled(settings.CLIENT_IP_HEADER or "X-Forwarded-For")
    headers += [(name, value) for name, value in scope["headers"] if name == address]
    if key.theme != THEME:
        headers.append((b"cookie", b"theme=" + key.theme.encode()))
    if key.language:
        headers.append((b"accept-language", key.language.encode()))
    if key.origin:
        headers.append((b"origin", key.origin.encode()))
    return {
        **scope,
        "method": "GET",
        "scheme": key.scheme,
        "path": key.path,
        "raw_path": quote(key.path).encode(),
        "query_string": key.query.encode(),
        "headers": headers,
    }


def _spelled(name: str) -> bytes:
    """A header as ASGI spells it; `name` as a setting does."""
    return name.removeprefix("HTTP_").lower().replace("_", "-").encode()


def _theme(cookies: bytes) -> str:
    """The theme of the last cookie of that name, as Django reads them; for strange ones the default."""
    found = _THEME_COOKIE.findall(cookies)
    asked = found[-1].decode("latin-1") if found else ""
    return asked if asked in OTHER_THEMES else THEME


@functools.lru_cache(1000)
def _is_allowed(host: bytes) -> bool:
    """Whether Django would answer under this name."""
    if not host.isascii():
        return False
    domain, _port = split_domain_port(host.decode())
    return bool(domain) and validate_host(domain, settings.ALLOWED_HOSTS)


@functools.lru_cache(1000)
def _takes_gzip(encodings: bytes) -> bool:
    """Whether gzip is among the accepted encodings, with a weight above 0 (RFC 9110, section 12.5.3)."""
    for part in encodings.decode("latin-1").lower().split(","):
        coding, _semicolon, weight = part.partition(";")
        if coding.strip() in ("gzip", "x-gzip"):
            return not re.fullmatch(r"\s*q\s*=\s*0(?:\.0*)?\s*", weight)
    return False


@functools.lru_cache(1000)
def _language(accepted: bytes) -> str:
    """The language in which Django would answer an address without one."""
    request = HttpRequest()
    if accepted:
        request.META["HTTP_ACCEPT_LANGUAGE"] = accepted.decode("latin-1")
    return translation.get_language_from_request(request)


@functools.lru_cache(10_000)
def _query(query: bytes, api: bool) -> str | None:
    """The query in its one spelling, without what only says where somebody comes from; None for any other query."""
    if not query:
        return ""
    allowed = API_PARAMETERS if api else PAGE_PARAMETERS
    found: dict[str, str] = {}
    for part in query.decode("latin-1").split("&"):
        if not part or TRACKING.fullmatch(part):
            continue
        name, equals, value = part.partition("=")
        form = allowed.get(name)
        if form is None or not equals or name in found or not re.fullmatch(form, value, re.ASCII):
            return None
        found[name] = value
    return "&".join(f"{name}={found[name]}" for name in sorted(found))
