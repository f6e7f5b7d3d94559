"""Google and GitHub: where they are asked, and what is believed of what they say.

allauth's flow with state and PKCE (RFC 7636), and for Google a nonce and the signature of the ID token (OpenID
Connect Core 1.0, 3.1.3.7). Addresses come from the settings alone; what cannot be read is an error of the provider.
"""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Iterator
from typing import Any

from allauth.account.models import EmailAddress
from allauth.socialaccount.internal import jwtkit
from allauth.socialaccount.models import SocialToken
from allauth.socialaccount.providers.base import ProviderAccount, ProviderException
from allauth.socialaccount.providers.github.provider import GitHubProvider
from allauth.socialaccount.providers.github.views import GitHubOAuth2Adapter
from allauth.socialaccount.providers.google.provider import GoogleProvider
from allauth.socialaccount.providers.google.views import GoogleOAuth2Adapter
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from requests import RequestException

from community.core.text import one_line

NONCE = "nonce"
#: GitHub's own addresses take no mail.
NO_MAILBOX = "@users.noreply.github.com"


def address_of(provider: str, what: str) -> str:
    """Where this provider is asked for that."""
    return str(settings.IDENTITY_ADDRESSES[provider][what])


@contextlib.contextmanager
def reading() -> Iterator[None]:
    """Whatever cannot be read of an answer is the provider's fault, and no error of ours."""
    try:
        yield
    except RequestException:
        raise
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, ImproperlyConfigured) as error:
        raise ProviderException("The answer cannot be read.") from error


class KnownAs(ProviderAccount):
    """How an identity is shown: nothing else is kept of what the provider tells."""

    def to_str(self) -> str:
        """The name or address it has there."""
        return str(self.account.extra_data.get("shown") or super().to_str())


class _Readable:
    """For adapters: the state of this sign-in, and answers that may be anything."""

    #: What was remembered when it began; set by the view.
    state: dict[str, Any]

    def get_callback_url(self, *args: Any, **kwargs: Any) -> str:
        """The way back: providers know one address of it, whatever the language of the page."""
        with translation.override(settings.LANGUAGE_CODE):
            return str(super().get_callback_url(*args, **kwargs))  # type: ignore[misc]

    def get_access_token_data(self, *args: Any, **kwargs: Any) -> Any:
        """The answer to the code. Raises ProviderException for garbage."""
        with reading():
            found = super().get_access_token_data(*args, **kwargs)  # type: ignore[misc]
            if not isinstance(found, dict) or not isinstance(found["access_token"], str):
                raise TypeError("This is no answer with a token.")
            return found

    def parse_token(self, data: dict[str, Any]) -> SocialToken:
        """The token; when it ends is nothing to us, who use it at once and keep it nowhere."""
        return SocialToken(token=data["access_token"])

    def complete_login(self, *args: Any, **kwargs: Any) -> Any:
        """Who it is. Raises ProviderException for garbage."""
        with reading():
            found = super().complete_login(*args, **kwargs)  # type: ignore[misc]
            if any(not letter.isprintable() for letter in found.account.uid):
                raise ValueError("This id cannot be stored.")
            return found


class _OwnRequest:
    """For providers: what is asked for is ours to say, and not an address's."""

    account_class = KnownAs

    def redirect(self, request: HttpRequest, process: str, *args: Any, **kwargs: Any) -> HttpResponse:
        """On to the provider; the language of the page is remembered for the way back."""
        language = translation.get_language()
        response: HttpResponse = super().redirect(  # type: ignore[misc]
            request, process, *args, language=language, **kwargs
        )
        return response

    def get_auth_params_from_request(self, request: HttpRequest, action: str) -> dict[str, Any]:
        """The settings' parameters; allauth takes more from the address of the page."""
        return dict(self.get_auth_params())  # type: ignore[attr-defined]

    def get_scope_from_request(self, request: HttpRequest) -> list[str]:
        """The settings' scopes; allauth takes more from the address of the page."""
        return list(self.get_scope())  # type: ignore[attr-defined]


class GoogleAdapter(_Readable, GoogleOAuth2Adapter):
    """Google's OAuth with OpenID Connect."""

    @property
    def authorize_url(self) -> str:
        """Where people say yes."""
        return address_of("google", "authorize")

    @property
    def access_token_url(self) -> str:
        """Where a code becomes a token."""
        return address_of("google", "token")

    def _decode_id_token(self, app: Any, id_token: str) -> dict[str, Any]:
        found = verified(app, id_token)
        nonce = self.state.get(NONCE) or ""
        if not nonce or not secrets.compare_digest(str(found.get("nonce", "")).encode(), nonce.encode()):
            raise OAuth2Error("The token is of another sign-in.")
        return found

    def _fetch_user_info(self, access_token: str) -> dict[str, Any]:
        # allauth would ask elsewhere, without signature or nonce.
        raise OAuth2Error("There is no ID token.")


def verified(app: Any, id_token: str) -> dict[str, Any]:
    """The claims of Google's ID token, signed by Google for us and still valid. Raises OAuth2Error."""
    with reading():
        claims: dict[str, Any] = jwtkit.verify_and_decode(
            credential=id_token,
            keys_url=address_of("google", "keys"),
            issuer=[address_of("google", "issuer"), address_of("google", "issuer").partition("://")[2]],
            audience=app.client_id,
            lookup_kid=jwtkit.lookup_kid_jwk,
        )
    return claims


class Google(_OwnRequest, GoogleProvider):
    """Google; believed about an address where it says `true` and nothing else."""

    package = "allauth.socialaccount.providers.google"
    oauth2_adapter_class = GoogleAdapter

    def get_default_scope(self) -> list[str]:
        """An ID token and the address; no name, no picture."""
        return ["openid", "email"]

    def redirect(self, request: HttpRequest, process: str, *args: Any, **kwargs: Any) -> HttpResponse:
        """On to Google, with a nonce that the ID token must bring back."""
        nonce = secrets.token_urlsafe(16)
        params = kwargs.pop("auth_params", None) or self.get_auth_params()
        params = {**params, NONCE: nonce}
        return super().redirect(request, process, *args, auth_params=params, nonce=nonce, **kwargs)

    def extract_email_addresses(self, data: dict[str, Any]) -> list[EmailAddress]:
        """The one address, if it is told."""
        email = data.get("email")
        confirmed = data.get("email_verified") is True
        return [EmailAddress(email=email, verified=confirmed, primary=True)] if isinstance(email, str) else []

    def extract_common_fields(self, data: dict[str, Any]) -> dict[str, Any]:
        """The address; no name."""
        return {"email": data["email"]} if isinstance(data.get("email"), str) else {}

    def extract_extra_data(self, data: dict[str, Any]) -> dict[str, str]:
        """How it is shown."""
        return {"shown": shown(data.get("email"))}

    def verify_token(self, request: HttpRequest, token: dict[str, Any]) -> Any:
        """For apps that have an ID token already. Raises ValidationError."""
        from allauth.socialaccount.adapter import get_adapter

        credential = token.get("id_token")
        try:
            if not credential:
                raise OAuth2Error("There is no ID token.")
            with reading():
                return self.sociallogin_from_response(request, verified(self.app, credential))
        except (OAuth2Error, ProviderException, RequestException) as error:
            raise get_adapter().validation_error("invalid_token") from error


class GitHubAdapter(_Readable, GitHubOAuth2Adapter):
    """GitHub's OAuth, profile and addresses."""

    @property
    def authorize_url(self) -> str:
        """Where people say yes."""
        return address_of("github", "authorize")

    @property
    def access_token_url(self) -> str:
        """Where a code becomes a token."""
        return address_of("github", "token")

    @property
    def profile_url(self) -> str:
        """Who the token speaks for."""
        return address_of("github", "profile")

    @property
    def emails_url(self) -> str:
        """Their addresses."""
        return address_of("github", "emails")


class GitHub(_OwnRequest, GitHubProvider):
    """GitHub; addresses that take no mail are as if not there."""

    package = "allauth.socialaccount.providers.github"
    oauth2_adapter_class = GitHubAdapter

    def extract_uid(self, data: dict[str, Any]) -> str:
        """The number of the account; names change hands there. Raises TypeError for anything else."""
        if type(data["id"]) is not int:
            raise TypeError("This is no number of an account.")
        return str(data["id"])

    def extract_email_addresses(self, data: dict[str, Any]) -> list[EmailAddress]:
        """Its addresses, the main one marked."""
        return [
            EmailAddress(email=row["email"], primary=row["primary"] is True, verified=row["verified"] is True)
            for row in data.get("emails", [])
            if has_mailbox(row["email"])
        ]

    def extract_common_fields(self, data: dict[str, Any]) -> dict[str, Any]:
        """The public address, which GitHub may not have confirmed, and the name there."""
        found = {"username": data["login"]} if isinstance(data.get("login"), str) else {}
        return {**found, "email": data["email"]} if has_mailbox(data.get("email")) else found

    def extract_extra_data(self, data: dict[str, Any]) -> dict[str, str]:
        """How it is shown."""
        return {"shown": shown(data.get("login"))}


def has_mailbox(email: object) -> bool:
    """Is this an address to which mail can be sent, as far as it shows?"""
    return isinstance(email, str) and bool(email) and not email.lower().endswith(NO_MAILBOX)


def shown(text: object) -> str:
    """A name as it is kept: one short line."""
    return one_line(text)[:100] if isinstance(text, str) else ""
