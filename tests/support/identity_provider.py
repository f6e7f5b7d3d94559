"""A Google and a GitHub of this machine: a real server that asks, remembers codes, and signs ID tokens.

It speaks OAuth 2.0 with PKCE and OpenID Connect as far as they do, and can be made to fail in each way.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import httpx
import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

from community.accounts.models import User
from sparkle_site.settings.identities import providers

SIGN_UP = "/account/3rdparty/signup/"
KEYS = {"google": ("google-client", "google-secret"), "github": ("github-client", "github-secret")}
_SIGNING = rsa.generate_private_key(public_exponent=65537, key_size=2048)
FOREIGN = rsa.generate_private_key(public_exponent=65537, key_size=2048)


class IdentityProvider:
    """The server. `google` and `github` are who is at the browser there; None says no."""

    def __init__(self) -> None:
        self.google: dict[str, Any] | None = google_person()
        self.github: dict[str, Any] | None = github_person()
        #: path → what is answered instead: (status, content type, body), or seconds of silence before the right one
        self.instead: dict[str, tuple[int, str, bytes] | float] = {}
        #: paths that send their answer byte by byte, so many seconds apart
        self.dripping: dict[str, float] = {}
        #: changes the claims of the next ID tokens
        self.claims: dict[str, Any] = {}
        self.signing = _SIGNING
        #: shows a page of its own first, for browsers
        self.asks = False
        self.codes: dict[str, dict[str, str]] = {}
        self.tokens: dict[str, dict[str, Any]] = {}
        self.asked: list[str] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self.origin = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)

    def settings(self) -> dict[str, Any]:
        """What the site's settings say when it asks here."""
        addresses = {
            "google": {"issuer": self.origin, "authorize": f"{self.origin}/google/authorize"},
            "github": {"authorize": f"{self.origin}/github/authorize"},
        }
        addresses["google"] |= {"token": f"{self.origin}/google/token", "keys": f"{self.origin}/google/keys"}
        addresses["github"] |= {
            "token": f"{self.origin}/github/token",
            "profile": f"{self.origin}/github/user",
            "emails": f"{self.origin}/github/emails",
        }
        return providers(KEYS, addresses)

    def answer(self, method: str, path: str, values: dict[str, str], bearer: str) -> tuple[int, str, bytes, str]:
        """Status, content type, body and Location."""
        self.asked.append(path)
        instead = self.instead.get(path)
        if isinstance(instead, tuple):
            return (*instead, "")
        if instead is not None:
            time.sleep(instead)
        if path == "/favicon.ico":
            return 204, "text/plain", b"", ""
        provider, _slash, what = path.lstrip("/").partition("/")
        if what == "authorize":
            return self._authorize(provider, values)
        if what == "token" and method == "POST":
            return _json(*self._token(provider, values))
        if what == "keys":
            key = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(_SIGNING.public_key()))
            return _json(200, {"keys": [{**key, "kid": "one", "alg": "RS256", "use": "sig"}]})
        if what in {"user", "emails"} and bearer in self.tokens:
            person = dict(self.tokens[bearer])
            emails = person.pop("emails")
            if what == "emails" and emails is None:
                return _json(404, {})
            return _json(200, person if what == "user" else emails)
        return _json(404, {"message": "Not Found"})

    def _authorize(self, provider: str, values: dict[str, str]) -> tuple[int, str, bytes, str]:
        if self.asks and values.get("answer") is None:
            return 200, "text/html", _page(values), ""
        person = getattr(self, provider)
        back = {"state": values.get("state", "")}
        if person is None or values.get("answer") == "no":
            back["error"] = "access_denied"
        else:
            back["code"] = secrets.token_hex(8)
            self.codes[back["code"]] = {**values, "provider": provider, "person": json.dumps(person)}
        return 302, "text/plain", b"", f"{values['redirect_uri']}?{urlencode(back)}"

    def _token(self, provider: str, values: dict[str, str]) -> tuple[int, dict[str, Any]]:
        begun = self.codes.pop(values.get("code", ""), None)
        expected = {"provider": provider, "client_id": KEYS[provider][0], "redirect_uri": values.get("redirect_uri")}
        if begun is None or any(begun.get(name) != value for name, value in expected.items()):
            return 400, {"error": "invalid_grant"}
        challenge = base64.urlsafe_b64encode(hashlib.sha256(values.get("code_verifier", "").encode()).digest())
        proved = begun.get("code_challenge") == challenge.decode().rstrip("=")
        if values.get("client_secret") != KEYS[provider][1] or not proved:
            return 400, {"error": "invalid_client"}
        person = json.loads(begun["person"])
        token = secrets.token_hex(8)
        self.tokens[token] = person
        answer = {"access_token": token, "token_type": "Bearer", "expires_in": 3600, "scope": begun["scope"]}
        if provider == "google":
            answer["id_token"] = self.id_token({**person, "nonce": begun.get("nonce"), **self.claims})
        return 200, answer

    def id_token(self, claims: dict[str, Any]) -> str:
        """A signed token about somebody, for the site."""
        now = int(time.time())
        known = {"iss": self.origin, "aud": KEYS["google"][0], "iat": now, "exp": now + 3600}
        return jwt.encode({**known, **claims}, self.signing, algorithm="RS256", headers={"kid": "one"})


def google_person(**values: Any) -> dict[str, Any]:
    """Somebody at Google."""
    return {"sub": "1001", "email": "ada.love@people.example", "email_verified": True, "name": "Ada Love", **values}


def github_person(**values: Any) -> dict[str, Any]:
    """Somebody at GitHub."""
    emails = [
        {"email": "other@people.example", "primary": False, "verified": True},
        {"email": "ada.hub@people.example", "primary": True, "verified": True},
    ]
    return {"id": 2002, "login": "ada-hub", "name": "Ada Hub", "email": None, "emails": emails, **values}


@contextlib.contextmanager
def running(settings: Any) -> Iterator[IdentityProvider]:
    """A started one, to which the settings of the site lead."""
    provider = IdentityProvider()
    for name, value in provider.settings().items():
        setattr(settings, name, value)
    provider.start()
    try:
        yield provider
    finally:
        provider.stop()


def begin(client: Any, name: str, **values: str) -> Any:
    """Presses the button of a provider; answers the response of the site."""
    return client.post(f"/account/{name}/login/", values)


def returned(response: Any) -> str:
    """Says yes (or no) at the provider; answers the address, path and query, to which the browser comes back."""
    assert response.status_code == 302, response.content[:300]
    there = httpx.get(response.headers["Location"], follow_redirects=False, trust_env=False)
    parts = urlsplit(there.headers["Location"])
    return f"{parts.path}?{parts.query}"


def sign_in(client: Any, name: str, **values: str) -> Any:
    """There and back; answers the response of the site to the way back."""
    return client.get(returned(begin(client, name, **values)))


def parameters(response: Any) -> dict[str, str]:
    """What the provider is asked with."""
    return dict(parse_qsl(urlsplit(response.headers["Location"]).query))


def signed_in_as(client: Any) -> User | None:
    """Who is signed in in this browser."""
    key = client.session.get("_auth_user_id")
    return User.objects.get(pk=key) if key else None


def finish(client: Any, **values: str) -> Any:
    """Sends the last step of signing up, with the address that the form proposes."""
    page = client.get(SIGN_UP)
    assert page.status_code == 200
    return client.post(SIGN_UP, {"email": page.context["form"]["email"].value(), "agree_to_terms": "on", **values})


def _json(status: int, value: Any) -> tuple[int, str, bytes, str]:
    return status, "application/json", json.dumps(value).encode(), ""


def _page(values: dict[str, str]) -> bytes:
    query = urlencode({**values, "answer": "yes"})
    return f'<!doctype html><title>Who are you?</title><a href="?{query}">It is me</a>'.encode()


def _handler(provider: IdentityProvider) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def _go(self) -> None:
            parts = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            values = {name: found[-1] for name, found in {**parse_qs(parts.query), **parse_qs(body)}.items()}
            bearer = self.headers.get("Authorization", "").partition(" ")[2]
            drips = provider.dripping
            status, kind, content, location = provider.answer(self.command, parts.path, values, bearer)
            with contextlib.suppress(ConnectionError):
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(content)))
                if location:
                    self.send_header("Location", location)
                self.end_headers()
                for piece in (content[at : at + 1] for at in range(len(content))) if parts.path in drips else [content]:
                    self.wfile.write(piece)
                    time.sleep(drips.get(parts.path, 0))

        do_GET = do_POST = _go  # noqa: N815

        def log_message(self, *args: Any) -> None:
            """Nothing is written."""

    return Handler
