"""Verification of webhook postings over their raw bytes, with bounds of our own on both sides of now."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime

OLDEST_SECONDS = 300
FURTHEST_AHEAD_SECONDS = 30
LONGEST_HEADER = 500


def signature_is_valid(*, secret: str, body: bytes, header: str, now: datetime) -> bool:
    """Whether `header` (`t=…,v1=…`, several v1 while a secret is rolled) signs `body` at about `now`.

    The scheme is the gateway's public one: HMAC-SHA256 over the instant, a dot and the raw body.
    """
    if len(header) > LONGEST_HEADER:
        return False
    stamps, candidates = [], []
    for part in header.split(","):
        name, _, value = part.strip().partition("=")
        if name == "t":
            stamps.append(value)
        elif name == "v1":
            candidates.append(value)
    if len(stamps) != 1 or not stamps[0].isascii() or not stamps[0].isdigit() or len(stamps[0]) > 12:
        return False
    age = now.timestamp() - int(stamps[0])
    expected = hmac.new(secret.encode(), f"{stamps[0]}.".encode() + body, hashlib.sha256).hexdigest()
    matches = [hmac.compare_digest(expected.encode(), candidate.encode()) for candidate in candidates]
    return any(matches) and -FURTHEST_AHEAD_SECONDS <= age <= OLDEST_SECONDS
