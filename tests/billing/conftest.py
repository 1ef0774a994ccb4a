"""Fixtures of the tests of money."""

from tests.sandbox import marketplace, sandbox_process

__all__ = ["marketplace", "sandbox_process"]
