"""What goes wrong when schemas are made or migrated."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kernel.errors import DomainError


class ProvisioningFailed(RuntimeError):
    """A tenant could not be made ready; the cause is kept in its row and it can be tried again."""


class ProgramMissing(RuntimeError):
    """No `pg_dump` that could write the template."""


class SchemasDiffer(RuntimeError):
    """After migrating, some schemas still lack migrations of this code."""


class NothingToResume(DomainError):
    """Only an interrupted preparation can be tried again."""

    code = "provisioning.nothing_to_resume"
    message = _("La préparation de l’espace « %(tenant)s » n’est pas interrompue.")
