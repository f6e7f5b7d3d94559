"""The one place that reads environment variables: each has a type, a default and a meaning.

``docs/settings.md`` is made from this file, and start-up fails with one message that lists everything
missing or unsafe (https://12factor.net/config).
"""

from __future__ import annotations

import base64
import binascii
import dataclasses
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from dotenv import dotenv_values

DEVELOPMENT_SECRET = "development-only-secret-never-used-in-production"  # noqa: S105 - refused in production
DEVELOPMENT_ENCRYPTION_KEY = "c3BhcmtsZS1kZXZlbG9wbWVudC1vbmx5LWtleS0wMDE="


class SettingsError(Exception):
    """The environment is missing something or is unsafe; the message lists every finding."""


@dataclasses.dataclass(frozen=True)
class Variable:
    """One environment variable: its name, kind, default, meaning, and whether production must set it."""

    name: str
    kind: str
    default: Any
    doc: str
    required_in_production: bool


def _variable(doc: str, default: Any, *, required: bool = False) -> Any:
    metadata = {"doc": doc, "required": required}
    if isinstance(default, list):
        return dataclasses.field(default_factory=lambda: list(default), metadata=metadata | {"default": default})
    return dataclasses.field(default=default, metadata=metadata | {"default": default})


@dataclasses.dataclass(frozen=True)
class Environment:
    """The typed values. A field ``secret_key`` is the variable ``SECRET_KEY``."""

    secret_key: str = _variable("Signs sessions and links. At least 50 characters.", DEVELOPMENT_SECRET, required=True)
    encryption_keys: list[str] = _variable(
        "Keys for secrets at rest, newest first, comma-separated; each 32 bytes in URL-safe base64 "
        "(`python -c 'from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())'`).",
        [DEVELOPMENT_ENCRYPTION_KEY],
        required=True,
    )
    debug: bool = _variable("Django's debug pages. Never in production.", False)
    allowed_hosts: list[str] = _variable("Host names the site answers to.", ["*"], required=True)
    public_url: str = _variable(
        "The address people use, without a closing slash: for mails and jobs. Unset: localhost with `PORT`.",
        "http://localhost:8000",
        required=True,
    )
    database_url: str = _variable(
        "`postgresql://user:password@host/name`, PostgreSQL 15 or newer. Unset: a private server in `var/`.",
        "",
        required=True,
    )
    database_pool_max: int = _variable("Connections a process may hold at most.", 10)
    database_prepared_statements: bool = _variable(
        "Let the server plan the most frequent statements once for each connection. Off behind a pooler that hands "
        "connections out by transaction and does not know them (PgBouncer before 1.21).",
        True,
    )
    database_statement_timeout_ms: int = _variable("A statement is ended after this time.", 10_000)
    database_transaction_timeout_ms: int = _variable(
        "A transaction of a request is ended after this time (PostgreSQL 17 or newer). 0: never.", 10_000
    )
    redis_url: str = _variable(
        "`redis://host:6379/0`, Redis 7 or Valkey 8 or newer. Unset: a private server in `var/`.", "", required=True
    )
    cache_url: str = _variable("Another Redis for the cache and limits. Unset: `REDIS_URL`.", "")
    channels_url: str = _variable("Another Redis for sockets. Unset: `REDIS_URL`.", "")
    queue_url: str = _variable("Another Redis for the job queue. Unset: `REDIS_URL`.", "")
    host: str = _variable("The address the launcher listens on.", "127.0.0.1")
    port: int = _variable("The port the launcher listens on.", 8000)
    web_processes: int = _variable("Web processes of the launcher.", 2)
    web_threads: int = _variable(
        "Threads for pages in each web process. More than four keep sockets and each other waiting, unless pages wait "
        "for something else.",
        4,
    )
    page_cache_mb: int = _variable(
        "Memory of each web process for guests' pages, in MB. 0: every page is made anew. Off where DEBUG is on.", 32
    )
    worker_threads: int = _variable("Jobs a worker runs side by side.", 4)
    trusted_proxies: int = _variable("Proxies in front whose X-Forwarded-For is believed.", 0)
    client_ip_header: str = _variable("A header of the platform with the client's address, such as Fly-Client-IP.", "")
    geoip_database: str = _variable(
        "A file in MaxMind's format (.mmdb, cities or countries): where sign-ins roughly come from. Unset: not said.",
        "",
    )
    network_list: str = _variable(
        "A text file of networks, one a line (`192.0.2.0/24`), such as VPNs and Tor exits: sign-ins from them are "
        "marked. Read anew when it changes.",
        "",
    )
    staff_second_factor: bool = _variable(
        "Moderators, administrators and editors reach nothing but the set-up until they have a second factor. "
        "Unset, administrators decide in the admin; set, nobody turns it off there.",
        False,
    )
    password_policy: str = _variable(
        "Rules for new passwords. `characters`: letters, digits and special characters; `passphrase`: anything that "
        "is hard to guess.",
        "characters",
    )
    password_peppers: list[str] = _variable(
        "Secrets that go into every password hash, newest first, comma-separated; each of at least 32 characters. A "
        "removed one shuts out everybody who has not signed in since it was replaced.",
        [],
    )
    minimum_age: int = _variable("How old one must be to join. The date is asked and not kept. 0: not asked.", 16)
    refuse_disposable_mail: bool = _variable("Refuses people whose address is at a service for throw-away mail.", False)
    disposable_mail_domains: list[str] = _variable("Further domains of that kind, comma-separated.", [])
    sparkle_demo: bool = _variable("Demonstration: accounts listed on the sign-in page. Never in production.", False)
    sparkle_var: str = _variable("The folder for private engines, kept mail and logs.", "var")
    media_root: str = _variable("The folder for uploaded files, when no S3 bucket is set.", "media")
    private_root: str = _variable(
        "The folder for files of one person only, such as their data to take home, when no S3 bucket is set.",
        "var/private",
    )
    s3_bucket: str = _variable("Bucket for uploaded files; credentials come from the usual AWS_ variables.", "")
    s3_endpoint_url: str = _variable("Address of an S3-compatible store other than AWS.", "")
    s3_region: str = _variable("Region of the bucket.", "")
    email_url: str = _variable(
        "`smtp://user:password@host:587?tls=true`. Unset: mail is kept and shown at /dev/mail/ (development).", ""
    )
    email_urls: list[str] = _variable(
        "Further mail servers like EMAIL_URL, comma-separated, asked in this order when it cannot be reached or "
        "refuses for now.",
        [],
    )
    email_hourly_limit: int = _variable("Mails an hour at most; more wait. Security mail is never counted.", 1000)
    default_from_email: str = _variable("Sender of the site's mail.", "Sparkle Universe <hello@sparkle.example>")
    google_client_id: str = _variable("Signing in with Google: the id of the OAuth client. Unset: off.", "")
    google_client_secret: str = _variable("The secret of that client.", "")
    github_client_id: str = _variable("Signing in with GitHub: the id of the OAuth app. Unset: off.", "")
    github_client_secret: str = _variable("The secret of that app.", "")
    cors_allowed_origins: list[str] = _variable("Origins whose scripts may read the API.", [])
    headless_client_url: str = _variable("Address of a headless frontend that shows previews.", "")
    offline_page: bool = _variable("The page for people without a network. Off: browsers that keep it forget it.", True)
    youtube_oembed_url: str = _variable(
        "Where a video's title is asked for, when a post with it is published.", "https://www.youtube.com/oembed"
    )
    youtube_pictures_url: str = _variable("Where a video's picture is fetched from.", "https://i.ytimg.com/vi")
    rate_limit_scale: float = _variable("Multiplies the limits api, write, act and upload; never sign-in.", 1.0)
    log_level: str = _variable("debug, info, warning or error.", "info")
    log_json: bool = _variable("Log lines as JSON. Off: for people.", True)
    sentry_dsn: str = _variable("Reports errors to Sentry.", "")
    metrics_token: str = _variable(
        "Opens /metrics to whoever sends it as a bearer token. Unset: the address is unknown. At least 16 characters.",
        "",
    )


def _kind(field: dataclasses.Field[Any]) -> str:
    return str(field.type)


VARIABLES: dict[str, Variable] = {
    field.name.upper(): Variable(
        field.name.upper(), _kind(field), field.metadata["default"], field.metadata["doc"], field.metadata["required"]
    )
    for field in dataclasses.fields(Environment)
}


def _convert(kind: str, text: str) -> Any:
    if kind == "bool":
        lowered = text.strip().lower()
        if lowered in {"1", "true", "yes", "on"}:
            return True
        if lowered in {"0", "false", "no", "off", ""}:
            return False
        raise ValueError("must be 1 or 0")
    if kind == "int":
        return int(text)
    if kind == "float":
        return float(text)
    if kind == "list[str]":
        return [part.strip() for part in text.split(",") if part.strip()]
    return text.strip()


def _unsafe(env: Environment, given: set[str]) -> list[str]:
    """What production must not run with."""
    found = [
        f"{name}: is not set. {variable.doc}"
        for name, variable in VARIABLES.items()
        if variable.required_in_production and name not in given
    ]
    if "SECRET_KEY" in given and (
        len(env.secret_key) < 50 or len(set(env.secret_key)) < 10 or env.secret_key == DEVELOPMENT_SECRET
    ):
        found.append("SECRET_KEY: must be a random text of at least 50 characters.")
    if "ENCRYPTION_KEYS" in given and DEVELOPMENT_ENCRYPTION_KEY in env.encryption_keys:
        found.append("ENCRYPTION_KEYS: holds the public development key.")
    if env.debug:
        found.append("DEBUG: must be off.")
    if env.sparkle_demo:
        found.append("SPARKLE_DEMO: demonstration accounts have public passwords; it must be off.")
    if "ALLOWED_HOSTS" in given and (not env.allowed_hosts or "*" in env.allowed_hosts):
        found.append("ALLOWED_HOSTS: must name the site's hosts, not *.")
    if "PUBLIC_URL" in given and urlsplit(env.public_url).scheme != "https":
        found.append("PUBLIC_URL: must begin with https://, since cookies travel by https only.")
    if "*" in env.cors_allowed_origins:
        found.append("CORS_ALLOWED_ORIGINS: must name origins, not *.")
    return found


def _invalid(env: Environment) -> list[str]:
    """What no way of running can work with."""
    found = []
    if not env.encryption_keys:
        found.append("ENCRYPTION_KEYS: at least one key is needed.")
    for key in env.encryption_keys:
        try:
            length = len(base64.urlsafe_b64decode(key))
        except (binascii.Error, ValueError):
            length = 0
        if length != 32:
            found.append("ENCRYPTION_KEYS: each key must be 32 bytes in URL-safe base64.")
            break
    for name, schemes in {
        "DATABASE_URL": {"postgresql", "postgres"},
        "REDIS_URL": {"redis", "rediss", "unix"},
        "CACHE_URL": {"redis", "rediss", "unix"},
        "CHANNELS_URL": {"redis", "rediss", "unix"},
        "QUEUE_URL": {"redis", "rediss", "unix"},
        "EMAIL_URL": {"smtp"},
        "PUBLIC_URL": {"http", "https"},
        "YOUTUBE_OEMBED_URL": {"http", "https"},
        "YOUTUBE_PICTURES_URL": {"http", "https"},
    }.items():
        value = getattr(env, name.lower())
        if value and urlsplit(value).scheme not in schemes:
            found.append(f"{name}: must begin with {' or '.join(sorted(s + '://' for s in schemes))}.")
    if any(urlsplit(url).scheme != "smtp" for url in env.email_urls):
        found.append("EMAIL_URLS: each must begin with smtp://.")
    if env.email_hourly_limit < 1:
        found.append("EMAIL_HOURLY_LIMIT: must be at least 1.")
    for name in ("web_processes", "web_threads", "worker_threads", "database_pool_max"):
        if getattr(env, name) < 1:
            found.append(f"{name.upper()}: must be at least 1.")
    if env.page_cache_mb < 0:
        found.append("PAGE_CACHE_MB: must not be negative.")
    if env.trusted_proxies < 0:
        found.append("TRUSTED_PROXIES: must not be negative.")
    if env.password_policy not in {"characters", "passphrase"}:
        found.append("PASSWORD_POLICY: must be characters or passphrase.")
    if any(len(pepper) < 32 for pepper in env.password_peppers):
        found.append("PASSWORD_PEPPERS: each must have at least 32 characters.")
    if not 0 <= env.minimum_age <= 120:
        found.append("MINIMUM_AGE: must be from 0 to 120.")
    if env.rate_limit_scale <= 0:
        found.append("RATE_LIMIT_SCALE: must be above 0.")
    if env.metrics_token and len(env.metrics_token) < 16:
        found.append("METRICS_TOKEN: must have at least 16 characters.")
    for name in ("google", "github"):
        if bool(getattr(env, f"{name}_client_id")) != bool(getattr(env, f"{name}_client_secret")):
            found.append(
                f"{name.upper()}_CLIENT_ID and {name.upper()}_CLIENT_SECRET: one does not work without the other."
            )
    if env.log_level.lower() not in {"debug", "info", "warning", "error"}:
        found.append("LOG_LEVEL: must be debug, info, warning or error.")
    return found


def read(environ: Mapping[str, str], *, production: bool = False) -> Environment:
    """The typed values of `environ`.

    Raises SettingsError with every finding, one per line: values of the wrong type always, missing or
    unsafe ones when `production`.
    """
    values: dict[str, Any] = {}
    problems: list[str] = []
    given = {name for name in VARIABLES if environ.get(name, "").strip()}
    for name in given:
        try:
            values[name.lower()] = _convert(VARIABLES[name].kind, environ[name])
        except ValueError:
            kind = {"bool": "1 or 0", "int": "a whole number", "float": "a number"}.get(VARIABLES[name].kind, "text")
            problems.append(f"{name}: must be {kind}.")
    if "PUBLIC_URL" not in given and "port" in values:
        values["public_url"] = f"http://localhost:{values['port']}"
    env = Environment(**values)
    problems += _invalid(env)
    if production:
        problems += _unsafe(env, given)
    if problems:
        lines = "\n".join(f"  - {problem}" for problem in sorted(problems))
        raise SettingsError(f"The settings are not usable. Please set these environment variables:\n{lines}")
    return env


def load(root: Path, *, production: bool = False) -> Environment:
    """The values of this process: its environment, and below it the file .env unless `production`."""
    base = {} if production else {k: v or "" for k, v in dotenv_values(root / ".env").items()}
    return read({**base, **os.environ}, production=production)
