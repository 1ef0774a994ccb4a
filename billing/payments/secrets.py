"""Sealing of gateway keys at rest: Fernet under the installation's data keys, the newest first."""

from __future__ import annotations

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

from billing.payments.errors import SecretUnreadable


def _keys() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in settings.DATA_KEYS])


def seal(secret: str) -> str:
    """The secret under the newest key."""
    return _keys().encrypt(secret.encode()).decode()


def unseal(sealed: str) -> str:
    """The secret again, whichever of the listed keys sealed it. Raises SecretUnreadable."""
    try:
        return _keys().decrypt(sealed.encode()).decode()
    except InvalidToken:
        raise SecretUnreadable from None


def reseal(sealed: str) -> str:
    """The same secret under the newest key, so that an old key can be taken off the list."""
    try:
        return _keys().rotate(sealed.encode()).decode()
    except InvalidToken:
        raise SecretUnreadable from None
