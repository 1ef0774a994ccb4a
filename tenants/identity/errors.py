"""What is refused as a logo."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kernel.errors import DomainError


class LogoRefused(DomainError):
    """The file is no picture that we can show."""

    code = "logo_refused"
    message = _("Ce fichier ne peut pas servir de logo : %(why)s")
    status = 422
