"""A device in software that makes passkeys, as browsers hand its answers on."""

from __future__ import annotations

import hashlib
import json
import secrets
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES256
from fido2.webauthn import (
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorAttestationResponse,
    AuthenticatorData,
    CollectedClientData,
    RegistrationResponse,
)

FLAG = AuthenticatorData.FLAG


def make_passkey(
    options: dict[str, Any], *, origin: str = "https://testserver", knows_owner: bool = True
) -> dict[str, Any]:
    """What `navigator.credentials.create(options)` answers on a page of `origin`, as JSON."""
    wanted = options["publicKey"]
    key = ES256.from_cryptography_key(ec.generate_private_key(ec.SECP256R1()).public_key())
    made = AttestedCredentialData.create(bytes(16), secrets.token_bytes(32), key)
    flags = FLAG.UP | FLAG.AT | (FLAG.UV if knows_owner else 0)
    data = AuthenticatorData.create(hashlib.sha256(wanted["rp"]["id"].encode()).digest(), flags, 0, made)
    client = CollectedClientData.create(CollectedClientData.TYPE.CREATE, wanted["challenge"], origin)
    answer = AuthenticatorAttestationResponse(
        client_data=client, attestation_object=AttestationObject.create("none", data, {})
    )
    found: dict[str, Any] = json.loads(
        json.dumps(dict(RegistrationResponse(raw_id=made.credential_id, response=answer)))
    )
    remembers = wanted["authenticatorSelection"]["residentKey"] == "required"
    return {**found, "clientExtensionResults": {"credProps": {"rk": remembers}}}
