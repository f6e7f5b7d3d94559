"""The client's address, as limits, sign-in history and alerts ask for it; and the page that a form leads back to."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

#: What a connection without an address (a Unix socket with no trusted proxy in front) counts as.
NO_ADDRESS = ""


def client_address(source: HttpRequest | Mapping[str, Any]) -> str:
    """The client's IP address in its canonical form, `""` when the connection has none.

    `source` is a Django request, a WSGI environment, or an ASGI scope. The header `CLIENT_IP_HEADER` of the
    platform is believed when that setting names one; else the entry of `X-Forwarded-For` that the outermost
    of `TRUSTED_PROXIES` proxies wrote, counted from the right, since everything left of it can be made up
    (RFC 7239, section 8.1). Anything that is no address falls back to the peer.
    """
    peer, header = _reader(source)
    if settings.CLIENT_IP_HEADER:
        found = _parse(header(settings.CLIENT_IP_HEADER))
        if found:
            return found
    elif settings.TRUSTED_PROXIES > 0:
        hops = header("X-Forwarded-For").split(",")
        if len(hops) >= settings.TRUSTED_PROXIES:
            found = _parse(hops[-settings.TRUSTED_PROXIES])
            if found:
                return found
    return _parse(peer) or NO_ADDRESS


def address_key(address: str) -> str:
    """What is counted for an address: an IPv4 address as it is, an IPv6 address by its /64 network.

    One customer is usually given a whole /64 (RFC 6177), so single IPv6 addresses would be no limit.
    """
    parsed = _ip(address)
    if isinstance(parsed, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((int(parsed) >> 64 << 64, 64)))
    return str(parsed) if parsed else "none"


def _reader(source: HttpRequest | Mapping[str, Any]) -> tuple[str, Any]:
    """The peer's address and a function that reads a header by its name."""
    if isinstance(source, Mapping) and "REMOTE_ADDR" not in source and "headers" in source:
        client = source.get("client")
        raw: list[tuple[bytes, bytes]] = list(source["headers"])

        def scope_header(name: str) -> str:
            wanted = name.lower().encode("latin-1")
            return ",".join(value.decode("latin-1") for key, value in raw if key.lower() == wanted)

        return (str(client[0]) if client else ""), scope_header
    meta: Mapping[str, Any] = source if isinstance(source, Mapping) else source.META

    def meta_header(name: str) -> str:
        return str(meta.get("HTTP_" + name.upper().replace("-", "_"), ""))

    return str(meta.get("REMOTE_ADDR") or ""), meta_header


def _parse(text: str) -> str:
    """The canonical address in `text` (a port, brackets or a zone are cut off), or `""`."""
    text = text.strip().strip('"')
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    parsed = _ip(text.partition("%")[0])
    return str(parsed) if parsed else ""


def _ip(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        parsed = ipaddress.ip_address(text)
    except ValueError:
        return None
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped:
        return parsed.ipv4_mapped
    return parsed


def page_of_form(request: HttpRequest, otherwise: str) -> str:
    """The path on this site that a form names as `next`; `otherwise` for none, and for what leads elsewhere."""
    wanted = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if safe and wanted.startswith("/") else otherwise
