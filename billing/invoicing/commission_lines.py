"""The one line of a commission invoice."""

from __future__ import annotations

from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from billing.charges.models import ChargeRelease
from billing.commission.terms import CommissionTerms
from billing.invoicing.canonical import decimal_text, euros
from billing.invoicing.units import unit_code
from kernel.money import to_euros
from kernel.web.formats import format_money, format_percent


def commission_line(release: ChargeRelease) -> dict[str, Any]:
    """Commission on one approved part, with the frozen terms it follows from; French, as the document is."""
    item = release.item
    amount = release.commission_excl_cents
    restated = any(row.inside_incl for row in release.vat_breakdown.all())
    with translation.override("fr"):
        description = _("Commission : %(item)s") % {"item": item.description}
        detail = _("%(label)s, prix de vente %(price)s HT. %(terms)s") % {
            "label": release.label,
            "price": format_money(release.excl_cents),
            "terms": terms_in_words(CommissionTerms.from_json(item.commission)),
        }
        if restated or release.restated_commission_rate is not None:
            detail = f"{detail} {_('Montant TTC fixé à la commande, TVA déterminée à nouveau depuis.')}"
    return {
        "position": 1,
        "description": description,
        "detail": detail,
        "quantity": decimal_text(to_euros(100), 3),
        "unit": "forfait",
        "unit_code": unit_code("forfait"),
        "unit_price": decimal_text(to_euros(amount), 4),
        "excl": euros(amount),
        "vat_category": release.commission_category,
        "vat_rate": decimal_text(release.commission_rate, 2),
    }


def terms_in_words(terms: CommissionTerms) -> str:
    """The terms as a person reads them, in the language in use: rate, fixed part, minimum, maximum."""
    said = [
        _("Taux de %(rate)s du prix hors TVA de la prestation") % {"rate": format_percent(terms.rate_percent)}
    ]
    if terms.fixed_cents:
        said.append(_("plus %(amount)s") % {"amount": format_money(terms.fixed_cents)})
    if terms.min_cents:
        said.append(_("au moins %(amount)s") % {"amount": format_money(terms.min_cents)})
    if terms.max_cents is not None:
        said.append(_("au plus %(amount)s") % {"amount": format_money(terms.max_cents)})
    return f"{', '.join(said)}."
