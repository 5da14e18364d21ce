"""Signatures in the form of Standard Webhooks: HMAC-SHA256 over id, moment and body, one for each secret in force."""

import base64
import hashlib
import hmac
from collections.abc import Iterable

PREFIX = "whsec_"


def secret_text(key: bytes) -> str:
    """A secret as its holder keeps it."""
    return PREFIX + base64.b64encode(key).decode()


def headers(event_id: str, moment: int, body: bytes, keys: Iterable[bytes]) -> dict[str, str]:
    """The three headers of a call; `moment` is in seconds, so that a receiver can refuse what is old."""
    signed = f"{event_id}.{moment}.".encode() + body
    signatures = [f"v1,{base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()}" for key in keys]
    return {"webhook-id": event_id, "webhook-timestamp": str(moment), "webhook-signature": " ".join(signatures)}
