"""Signature of webhook bodies: an HMAC over the instant and the raw bytes, as ``t=…,v1=…``."""

from __future__ import annotations

import hashlib
import hmac

HEADER = "Stripe-Signature"


def signature_header(*, secret: str, body: bytes, at: int) -> str:
    """The header for ``body`` sent at the Unix second ``at``; scheme v1 of the gateway's documentation."""
    signed = f"{at}.".encode() + body
    return f"t={at},v1={hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()}"
