"""A small database of places in MaxMind's format (https://maxmind.github.io/MaxMind-DB/), made by hand."""

from __future__ import annotations

import ipaddress
from pathlib import Path
from typing import Any

MARK = b"\xab\xcd\xefMaxMind.com"
TEXT, UINT16, UINT32, MAP, UINT64, ARRAY = 2, 5, 6, 7, 9, 11


def town(city: str, country: str, **other_language: str) -> dict[str, Any]:
    """An entry as the databases of cities have them; `de="Wien"` is the city's name in another language."""
    return {"city": {"names": {"en": city, **other_language}}, "country": {"names": {"en": country}}}


def write_places(path: Path, places: dict[str, dict[str, Any]]) -> str:
    """Writes a database of networks and their entries; answers its path."""
    data, nodes = b"", [[None, None]]
    for network, entry in places.items():
        _insert(nodes, ipaddress.ip_network(network), len(data))
        data += _encoded(entry)
    number = len(nodes)
    tree = b""
    for node in nodes:
        for record in node:
            value = number if record is None else record[1] if record[0] == "node" else number + 16 + record[1]
            tree += value.to_bytes(3, "big")
    about = {
        "binary_format_major_version": (UINT16, 2),
        "binary_format_minor_version": (UINT16, 0),
        "build_epoch": (UINT64, 1_770_000_000),
        "database_type": "Test-City",
        "description": {"en": "Towns for tests"},
        "ip_version": (UINT16, 6),
        "languages": ["en"],
        "node_count": (UINT32, number),
        "record_size": (UINT16, 24),
    }
    path.write_bytes(tree + bytes(16) + data + MARK + _encoded(about))
    return str(path)


def _insert(nodes: list[list[Any]], network: Any, offset: int) -> None:
    length = network.prefixlen + (96 if network.version == 4 else 0)
    bits = f"{int(network.network_address):0128b}"[:length]
    at = 0
    for position, bit in enumerate(bits):
        side = int(bit)
        if position == length - 1:
            nodes[at][side] = ("data", offset)
            return
        if nodes[at][side] is None:
            nodes.append([None, None])
            nodes[at][side] = ("node", len(nodes) - 1)
        at = nodes[at][side][1]


def _encoded(value: Any) -> bytes:
    if isinstance(value, str):
        raw = value.encode()
        return _head(TEXT, len(raw)) + raw
    if isinstance(value, dict):
        return _head(MAP, len(value)) + b"".join(_encoded(key) + _encoded(one) for key, one in value.items())
    if isinstance(value, list):
        return _head(ARRAY, len(value)) + b"".join(_encoded(one) for one in value)
    kind, number = value
    raw = number.to_bytes((number.bit_length() + 7) // 8, "big")
    return _head(kind, len(raw)) + raw


def _head(kind: int, size: int) -> bytes:
    assert size < 29
    return bytes([size, kind - 7]) if kind > 7 else bytes([kind << 5 | size])
