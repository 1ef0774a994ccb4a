"""Refusals of VAT reviews."""

from django.utils.translation import gettext_lazy as _

from kernel.errors import DomainError


class ReviewMoved(DomainError):
    """What would be confirmed is not what was shown: rates or regimes changed in between."""

    code = "vat_reviews.moved"
    message = _("Entre-temps, la TVA a encore changé : relisez les montants, puis confirmez.")


class NothingFound(DomainError):
    """No VAT could be determined at the tax point."""

    code = "vat_reviews.nothing_found"
    message = _("La TVA reste à déterminer : %(problem)s")
    status = 422
