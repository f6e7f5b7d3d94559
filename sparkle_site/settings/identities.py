"""Signing in with an account elsewhere: on where both values of a provider are set, and only at its own addresses."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from sparkle_site.settings.env import Environment

#: No variable changes these: whoever answers there says who people are.
ADDRESSES: dict[str, dict[str, str]] = {
    "google": {
        "issuer": "https://accounts.google.com",
        "authorize": "https://accounts.google.com/o/oauth2/v2/auth",
        "token": "https://oauth2.googleapis.com/token",
        "keys": "https://www.googleapis.com/oauth2/v3/certs",
    },
    "github": {
        "authorize": "https://github.com/login/oauth/authorize",
        "token": "https://github.com/login/oauth/access_token",
        "profile": "https://api.github.com/user",
        "emails": "https://api.github.com/user/emails",
    },
}


def providers(keys: dict[str, tuple[str, str]], addresses: dict[str, dict[str, str]]) -> dict[str, Any]:
    """The settings for these providers; `keys` has the id and the secret of each, empty where it is off."""
    on = [name for name, values in keys.items() if all(values)]
    return {
        "SOCIALACCOUNT_PROVIDERS": {
            name: {
                "APPS": [{"client_id": keys[name][0], "secret": keys[name][1], "key": ""}] if name in on else [],
                "OAUTH_PKCE_ENABLED": True,
            }
            for name in keys
        },
        "IDENTITY_ADDRESSES": addresses,
        # The forms that lead there are sent to us, and browsers hold the redirect against the policy of the page.
        "FORM_ORIGINS": [_origin(addresses[name]["authorize"]) for name in on],
    }


def identities(env: Environment) -> dict[str, Any]:
    """Everything the settings say of accounts elsewhere."""
    keys = {
        "google": (env.google_client_id, env.google_client_secret),
        "github": (env.github_client_id, env.github_client_secret),
    }
    return {
        **providers(keys, ADDRESSES),
        "SOCIALACCOUNT_ADAPTER": "community.accounts.identities.IdentityAdapter",
        "SOCIALACCOUNT_FORMS": {"signup": "community.accounts.identities.IdentitySignUpForm"},
        # Everybody agrees to the terms first.
        "SOCIALACCOUNT_AUTO_SIGNUP": False,
        "SOCIALACCOUNT_EMAIL_AUTHENTICATION": True,
        "SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT": True,
        "SOCIALACCOUNT_REAUTHENTICATION_REQUIRED": True,
        "SOCIALACCOUNT_REQUESTS_TIMEOUT": 5,
        "SOCIALACCOUNT_STORE_TOKENS": False,
    }


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"
