"""Asking the API in tests: JSON in, data or error out."""

from __future__ import annotations

from typing import Any

#: Texts that break careless programs (after https://github.com/minimaxir/big-list-of-naughty-strings).
NAUGHTY = [
    "Ω≈ç√∫˜µ≤≥÷",
    "田中さんにあげて下さい",
    "الكل في المجمو عة",
    "👩‍👩‍👧‍👦 🏳️‍🌈",
    "Z̮̞̠͙͔ͅḀ̗̞͈̻̗Ḷ͙͎̯̹̞͓G̻O̭̗̮",
    "\u202etest\u202c",
    "'; DROP TABLE wagtailcore_page; --",
    "{{ 7*7 }}{% debug %}",
    "../../etc/passwd%00",
    "undefined",
    "NULL",
    "1e100",
    "${jndi:ldap://x}",
]


def send(client: Any, method: str, path: str, body: Any, **headers: str) -> Any:
    """The answer to `body` as JSON."""
    return getattr(client, method)(path, body, content_type="application/json", headers=headers)


def data_of(answer: Any, status: int = 200) -> Any:
    """The data of a success."""
    assert answer.status_code == status, answer.content
    return answer.json()["data"]


def fields_of(answer: Any) -> dict[str, str]:
    """The messages of a 400, by field."""
    assert answer.status_code == 400, answer.content
    body = answer.json()
    assert body["code"] == "VALIDATION_ERROR"
    return dict(body["fields"])


def error_of(answer: Any) -> tuple[int, str]:
    """Status and code of a failure."""
    return answer.status_code, answer.json()["code"]
