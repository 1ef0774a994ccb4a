"""What goes wrong when schemas are made or migrated."""

from __future__ import annotations


class ProvisioningFailed(RuntimeError):
    """A tenant could not be made ready; the cause is kept in its row and it can be tried again."""


class ProgramMissing(RuntimeError):
    """No `pg_dump` that could write the template."""


class SchemasDiffer(RuntimeError):
    """After migrating, some schemas still lack migrations of this code."""
