"""The one textual form of a snapshot, and the hash that chains it to the one before."""

from __future__ import annotations

import hashlib
import json
from decimal import Decimal
from typing import Any

from kernel.money import to_euros


def canonical_text(content: dict[str, Any]) -> str:
    """JSON with sorted keys, no spaces and letters as they are. Raises TypeError for a float."""
    _refuse_floats(content)
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def chained_sha256(previous_sha256: str, text: str) -> str:
    """SHA-256, in hexadecimal digits, of the previous hash, a line feed and the snapshot."""
    return hashlib.sha256(f"{previous_sha256}\n{text}".encode()).hexdigest()


def euros(cents: int) -> str:
    """Cents as a decimal string with two decimals: 123456 is `1234.56`."""
    return str(to_euros(cents))


def decimal_text(value: Decimal, decimals: int) -> str:
    """A decimal with exactly so many decimals, which it must not exceed. Raises ValueError."""
    fixed = value.quantize(Decimal(1).scaleb(-decimals))
    if fixed != value:
        raise ValueError(f"{value} has more than {decimals} decimals")
    return str(fixed)


def cents_of(text: str) -> int:
    """The cents of a decimal string with two decimals."""
    return int(Decimal(text).scaleb(2))


def _refuse_floats(value: Any) -> None:
    if isinstance(value, float):
        raise TypeError("a snapshot holds no float")
    if isinstance(value, dict):
        for key, entry in value.items():
            if not isinstance(key, str):
                raise TypeError("the keys of a snapshot are strings")
            _refuse_floats(entry)
    elif isinstance(value, list | tuple):
        for entry in value:
            _refuse_floats(entry)
