"""Mail of a development or demonstration site, kept in files and readable in the browser."""

from __future__ import annotations

import email
import email.policy
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

SHOWN = 100


def _folder() -> Path:
    return Path(getattr(settings, "EMAIL_FILE_PATH", None) or settings.VAR / "mail")


def _read(path: Path) -> dict[str, object]:
    """The messages of one file; Django's file backend ends each with a line of dashes."""
    text = path.read_bytes().rstrip(b"-\n")
    message = email.message_from_bytes(text, policy=email.policy.default)
    body = message.get_body(preferencelist=("plain", "html"))
    return {
        "name": path.name,
        "subject": str(message.get("Subject", "")),
        "to": str(message.get("To", "")),
        "date": str(message.get("Date", "")),
        "text": str(body.get_content()) if body is not None else "",
    }


@require_safe
def kept_mail(request: HttpRequest) -> HttpResponse:
    """The newest kept messages."""
    folder = _folder()
    files = (
        sorted(folder.glob("*.log"), key=lambda path: path.stat().st_mtime_ns, reverse=True) if folder.is_dir() else []
    )
    return render(request, "core/kept_mail.html", {"kept": [_read(path) for path in files[:SHOWN]]})


@require_safe
def kept_message(request: HttpRequest, name: str) -> HttpResponse:
    """One kept message."""
    path = _folder() / name
    if Path(name).name != name or not path.is_file():
        raise Http404
    return render(request, "core/kept_message.html", {"message": _read(path)})
