"""No site starts without real keys for its secrets."""

from __future__ import annotations

import base64

import pytest
from cryptography.fernet import Fernet

from sparkle_site.settings import env

KEY = base64.urlsafe_b64encode(bytes(range(32))).decode()  # the same in every process: it names tests


@pytest.mark.parametrize("value", [None, "", ",", "2a", "x" * 44, env.DEVELOPMENT_ENCRYPTION_KEY, f"{KEY},short"])
def test_production_does_not_start_without_real_keys(value):
    environ = {} if value is None else {"ENCRYPTION_KEYS": value}
    with pytest.raises(env.SettingsError, match="ENCRYPTION_KEYS"):
        env.read(environ, production=True)


def test_several_real_keys_are_taken():
    other = Fernet.generate_key().decode()
    assert env.read({"ENCRYPTION_KEYS": f"{KEY}, {other}"}).encryption_keys == [KEY, other]
    with pytest.raises(env.SettingsError) as refused:
        env.read({"ENCRYPTION_KEYS": KEY}, production=True)
    assert "ENCRYPTION_KEYS" not in str(refused.value)
