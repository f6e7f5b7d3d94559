"""What a message says: at rest encrypted, on its way as text and HTML of the same words."""

from __future__ import annotations

import dataclasses
import json
import re
from email.utils import formatdate
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation

from community.core import encryption
from community.core.models import MailMessage

_CODE = re.compile(r"[A-Z0-9][A-Z0-9-]{3,15}")
_LINK = re.compile(r"https?://\S+")


@dataclasses.dataclass(frozen=True)
class Content:
    """What is kept of a message until it has left. `html` is made of the text when it is empty."""

    subject: str
    text: str
    html: str
    language: str
    unsubscribe_url: str


@dataclasses.dataclass(frozen=True)
class Paragraph:
    """A piece of the HTML part: a `link` with its label, a `code`, or `lines`."""

    link: str = ""
    label: str = ""
    code: str = ""
    lines: tuple[str, ...] = ()


def seal(content: Content, reference: object) -> str:
    """The content, to be read as that of this message only."""
    return encryption.encrypt(json.dumps(dataclasses.astuple(content)), purpose=f"mail:{reference}")


def unseal(row: MailMessage) -> Content:
    """The content of a message that has not left. Raises UnreadableError when its key is gone."""
    return Content(*json.loads(encryption.decrypt(row.content, purpose=f"mail:{row.reference}")))


def paragraphs(text: str) -> list[Paragraph]:
    """Plain words as pieces of HTML: a link that ends a paragraph becomes a button, a lonely code is shown large."""
    return [_paragraph(each.strip()) for each in re.split(r"\n\s*\n", text) if each.strip()]


def _paragraph(text: str) -> Paragraph:
    *before, last = text.splitlines()
    if _LINK.fullmatch(last.strip()):
        return Paragraph(link=last.strip(), label=" ".join(before).strip().rstrip(":") or last.strip())
    if _CODE.fullmatch(text) and any(letter.isdigit() for letter in text):
        return Paragraph(code=text)
    return Paragraph(lines=tuple(text.splitlines()))


def compose(row: MailMessage, content: Content) -> EmailMultiAlternatives:
    """The message as it leaves. Its Message-ID is the same at every attempt, so that mailboxes know a second copy."""
    host = urlsplit(settings.PUBLIC_URL).hostname or "localhost"
    headers = {
        "Message-ID": f"<{row.reference}@{host}>",
        "Date": formatdate(row.created_at.timestamp()),
        "Auto-Submitted": "auto-generated",
    }
    if content.unsubscribe_url:
        headers["List-Unsubscribe"] = f"<{content.unsubscribe_url}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    context = {
        "subject": content.subject,
        "text": content.text,
        "paragraphs": paragraphs(content.text),
        "language": content.language,
        "site_address": settings.PUBLIC_URL,
        "unsubscribe_url": content.unsubscribe_url,
    }
    with translation.override(content.language):
        text = render_to_string("emails/base.txt", context).strip() + "\n"
        html = content.html or render_to_string("emails/base.html", context)
    message = EmailMultiAlternatives(content.subject, text, None, [row.recipient], headers=headers)
    message.attach_alternative(html, "text/html")
    return message
