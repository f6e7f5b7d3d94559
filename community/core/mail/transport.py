"""Django's mail backend over one or more SMTP servers, asked in order.

The next server is asked when one cannot be reached or refuses for now. When a server has got a message and says
nothing more, no other is asked: it may have been delivered (the caller tries again later).
"""

from __future__ import annotations

import dataclasses
import functools
import re
import smtplib
import ssl
from collections.abc import Sequence
from urllib.parse import parse_qs, unquote, urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.message import sanitize_address
from django.core.mail.utils import DNS_NAME

SECONDS = 10
_TAKEN, _FORWARDED = 250, 251
_ADDRESS = re.compile(r"<?[^\s<>]+@[^\s<>]+>?")
_STATUS = re.compile(r"^([245]\.\d{1,3}\.\d{1,3})\b")


class Refused(Exception):
    """A message was not taken. `forever`: no other try can help; `bad_address`: because of its recipient."""

    def __init__(self, reason: str, *, forever: bool = False, bad_address: bool = False) -> None:
        super().__init__(reason)
        self.forever = forever
        self.bad_address = bad_address


class _Elsewhere(Exception):
    """This server does not take the message, another one may; the text says why."""


@dataclasses.dataclass(frozen=True)
class Server:
    """A mail server as `smtp://user:password@host:587?tls=true` names it."""

    host: str
    port: int
    user: str
    password: str
    tls: bool
    ssl: bool

    @classmethod
    def of(cls, url: str) -> Server:
        """The server of an address."""
        parts = urlsplit(url)
        query = {name: values[-1].lower() in {"1", "true", "yes"} for name, values in parse_qs(parts.query).items()}
        return cls(
            parts.hostname or "localhost",
            parts.port or 25,
            unquote(parts.username or ""),
            unquote(parts.password or ""),
            query.get("tls", False),
            query.get("ssl", False),
        )


class Backend(BaseEmailBackend):
    """Sends by the servers of `EMAIL_URLS`, which may change while the process runs."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Sends each message, to each of its recipients; returns how many. Raises Refused unless `fail_silently`.

        Afterwards a message has a `provider_id`: what the server called it.
        """
        sent = 0
        for message in email_messages:
            try:
                message.provider_id = _by_any(message)  # type: ignore[attr-defined]
            except Refused:
                if not self.fail_silently:
                    raise
            else:
                sent += 1
        return sent


def _by_any(message: EmailMessage) -> str:
    reasons = []
    for url in settings.EMAIL_URLS:
        try:
            return _by(Server.of(url), message)
        except _Elsewhere as error:
            reasons.append(str(error))
    raise Refused("; ".join(reasons) or "There is no mail server.")


def _by(server: Server, message: EmailMessage) -> str:
    """Hands the message to a server; returns its answer. Raises _Elsewhere and Refused."""
    smtp = _connected(server)
    try:
        return _give(smtp, message)
    finally:
        try:
            smtp.quit()
        except (OSError, smtplib.SMTPException):
            smtp.close()


def _connected(server: Server) -> smtplib.SMTP:
    smtp: smtplib.SMTP | None = None
    try:
        context = ssl.create_default_context()
        kind = functools.partial(smtplib.SMTP_SSL, context=context) if server.ssl else smtplib.SMTP
        smtp = kind(server.host, server.port, local_hostname=str(DNS_NAME), timeout=SECONDS)
        if server.tls:
            smtp.starttls(context=context)
        if server.user:
            smtp.login(server.user, server.password)
        smtp.ehlo_or_helo_if_needed()
    except (OSError, smtplib.SMTPException) as error:
        if smtp is not None:
            smtp.close()
        raise _Elsewhere(f"connecting: {_reason(error)}") from None
    return smtp


def _give(smtp: smtplib.SMTP, message: EmailMessage) -> str:
    encoding = message.encoding or settings.DEFAULT_CHARSET
    try:
        sender = sanitize_address(message.from_email, encoding)
        recipients = [sanitize_address(each, encoding) for each in message.recipients()]
        content = message.message().as_bytes(linesep="\r\n")  # type: ignore[call-arg]
    except (UnicodeError, ValueError):  # BadHeaderError is one
        raise Refused("This cannot be written as a mail.", forever=True) from None
    try:
        _envelope(smtp, sender, recipients)
    except (OSError, UnicodeError, smtplib.SMTPException) as error:
        raise _Elsewhere(f"talking: {_reason(error)}") from None
    try:
        code, answer = smtp.data(content)
    except smtplib.SMTPDataError as error:
        raise _of_content(error.smtp_code, error.smtp_error) from None
    except (OSError, smtplib.SMTPException) as error:
        raise Refused(f"after the message: {_reason(error)}") from None
    if code != _TAKEN:
        raise _of_content(code, answer)
    return _clean(answer)


def _envelope(smtp: smtplib.SMTP, sender: str, recipients: list[str]) -> None:
    code, answer = smtp.mail(sender)
    if code != _TAKEN:  # about the server or our settings, not about this message
        raise _Elsewhere(f"sender: {code} {_clean(answer)}")
    for recipient in recipients:
        code, answer = smtp.rcpt(recipient)
        if code not in {_TAKEN, _FORWARDED}:
            raise _of_recipient(code, answer)


def _of_recipient(code: int, answer: bytes) -> Exception:
    """5xx is for good. Only what speaks of the mailbox itself counts against the address, not a policy."""
    reason = f"recipient: {code} {_clean(answer)}"
    if code < 500:
        return _Elsewhere(reason)
    status = _STATUS.match(_clean(answer))
    about_mailbox = (status is None and code in {550, 551, 553}) or bool(status and status[1].startswith("5.1."))
    return Refused(reason, forever=True, bad_address=about_mailbox)


def _of_content(code: int, answer: bytes | str) -> Exception:
    reason = f"message: {code} {_clean(answer)}"
    return _Elsewhere(reason) if code < 500 else Refused(reason, forever=True)


def _clean(answer: bytes | str) -> str:
    """What a server said, without addresses."""
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return _ADDRESS.sub("…", " ".join(text.split()))[:200]


def _reason(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_clean(error.smtp_error)}"
    return type(error).__name__
