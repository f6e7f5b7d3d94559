"""Where an address roughly is, and whether it belongs to a network of the operator's list, by two files."""

from __future__ import annotations

import bisect
import functools
import ipaddress
import os
from pathlib import Path
from typing import Any

import maxminddb
import structlog
from django.conf import settings
from django.utils.translation import get_language

log = structlog.get_logger(__name__)

LONGEST_PLACE = 100
Networks = tuple[tuple[int, ...], tuple[int, ...]]


def place_of(address: str | None) -> str:
    """The town or region and the country of an address, `""` when nobody knows or no database is configured.

    By the file of the setting GEOIP_DATABASE (MaxMind's format, https://maxmind.github.io/MaxMind-DB/), in the
    language of the moment where the file has it. A file that changed is read anew.
    """
    parsed = _ip(address)
    stamp = _stamp(settings.GEOIP_DATABASE)
    if parsed is None or stamp is None:
        return ""
    reader = _reader(settings.GEOIP_DATABASE, stamp)
    try:
        found = reader.get(str(parsed)) if reader is not None else None
    except (ValueError, maxminddb.InvalidDatabaseError):  # an IPv6 address and a database of IPv4 only, or damage
        found = None
    return _words(found) if isinstance(found, dict) else ""


def is_listed(address: str | None) -> bool:
    """Does an address belong to a network of the file in the setting NETWORK_LIST, such as a VPN, a proxy or Tor?

    The file has a network a line (`192.0.2.0/24`, `2001:db8::/32` or one address) and comments after `#`. It is read
    anew when it changes. Without a file nothing is listed.
    """
    parsed = _ip(address)
    stamp = _stamp(settings.NETWORK_LIST)
    if parsed is None or stamp is None:
        return False
    starts, ends = _networks(settings.NETWORK_LIST, stamp)[parsed.version]
    at = bisect.bisect_right(starts, int(parsed)) - 1
    return at >= 0 and int(parsed) <= ends[at]


def _ip(address: str | None) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        parsed = ipaddress.ip_address(address or "")
    except ValueError:
        return None
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped:
        return parsed.ipv4_mapped
    return parsed


def _stamp(path: str) -> tuple[int, int] | None:
    """What tells one state of a file from another; None when there is no such file."""
    if not path:
        return None
    try:
        found = os.stat(path)
    except OSError:
        _tell_once("file_missing", path)
        return None
    return found.st_mtime_ns, found.st_size


@functools.lru_cache(maxsize=8)
def _tell_once(what: str, path: str) -> None:
    log.warning(what, path=path)


@functools.lru_cache(maxsize=2)
def _reader(path: str, _stamp: tuple[int, int]) -> maxminddb.Reader | None:
    try:
        return maxminddb.open_database(path)
    except (OSError, ValueError, maxminddb.InvalidDatabaseError):
        log.exception("geoip_database_unreadable", path=path)
        return None


def _words(found: dict[str, Any]) -> str:
    subdivisions = found.get("subdivisions")
    region = subdivisions[0] if isinstance(subdivisions, list) and subdivisions else None
    parts = [_name(found.get("city")) or _name(region), _name(found.get("country") or found.get("registered_country"))]
    return ", ".join(part for part in parts if part)[:LONGEST_PLACE]


def _name(part: Any) -> str:
    names = part.get("names") if isinstance(part, dict) else None
    if not isinstance(names, dict):
        return ""
    return str(names.get((get_language() or "en").split("-")[0]) or names.get("en") or "").replace("\x00", "")


@functools.lru_cache(maxsize=2)
def _networks(path: str, _stamp: tuple[int, int]) -> dict[int, Networks]:
    """By version of IP: where ranges begin and where they end, in their order, none within another."""
    ranges: dict[int, list[tuple[int, int]]] = {4: [], 6: []}
    try:
        lines = Path(path).read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        log.exception("network_list_unreadable", path=path)
        lines = []
    bad = 0
    for line in lines:
        text = line.partition("#")[0].strip()
        if not text:
            continue
        try:
            network = ipaddress.ip_network(text, strict=False)
        except ValueError:
            bad += 1
            continue
        ranges[network.version].append((int(network.network_address), int(network.broadcast_address)))
    if bad:
        log.warning("network_list_bad_lines", path=path, lines=bad)
    return {version: _merged(found) for version, found in ranges.items()}


def _merged(ranges: list[tuple[int, int]]) -> Networks:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(ranges):
        if merged and start <= merged[-1][1] + 1:
            merged[-1] = merged[-1][0], max(merged[-1][1], end)
        else:
            merged.append((start, end))
    return tuple(start for start, _end in merged), tuple(end for _start, end in merged)
