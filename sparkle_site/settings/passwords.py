"""What new passwords must be like, and how they are kept."""

from __future__ import annotations

from typing import Any

from sparkle_site.settings.env import Environment

#: Without a pepper the first makes new hashes and the second comes last; with one it is the other way about.
_PLAIN, _PEPPERED = "community.accounts.hashers.Argon2", "community.accounts.hashers.PepperedArgon2"
_OLD = "django.contrib.auth.hashers.PBKDF2PasswordHasher"
_FOR_ALL: list[dict[str, Any]] = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "community.accounts.validators.MaximumLengthValidator", "OPTIONS": {"max_length": 1024}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "community.accounts.validators.SiteWordsValidator"},
]
#: What PASSWORD_POLICY may be. Passphrases are judged as OWASP ASVS 5.0 asks: by how hard they are to guess.
POLICIES: dict[str, list[dict[str, Any]]] = {
    "characters": [*_FOR_ALL, {"NAME": "community.accounts.validators.CharacterClassValidator"}],
    "passphrase": [
        *_FOR_ALL,
        {"NAME": "community.accounts.validators.StrengthValidator", "OPTIONS": {"min_score": 3}},
    ],
}


def passwords(env: Environment) -> dict[str, Any]:
    """Django's settings for passwords, from PASSWORD_POLICY and PASSWORD_PEPPERS."""
    return {
        "AUTH_PASSWORD_VALIDATORS": POLICIES[env.password_policy],
        "PASSWORD_PEPPERS": env.password_peppers,
        "PASSWORD_HASHERS": [_PEPPERED, _PLAIN, _OLD] if env.password_peppers else [_PLAIN, _PEPPERED, _OLD],
    }
