"""Lines of a sale: the lines of the charge, or the share that one of several approved parts has in them."""

from __future__ import annotations

from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from billing.charges.models import ChargeRelease, ChargeReleaseLine
from billing.invoicing.canonical import decimal_text, euros
from billing.invoicing.units import ONE, unit_code
from kernel.money import line_amount_cents, to_euros
from kernel.web.formats import format_money


def sale_lines(release: ChargeRelease) -> list[dict[str, Any]]:
    """The lines with their amounts as decimal strings; the sentences are French, as the document is.

    Where the item is delivered in several parts a line is this part's share: quantity 1 at the share's
    amount, so that quantity times price is the amount of the line on every invoice.
    """
    shares = [share for share in release.shares.all() if share.excl_cents or release.excl_cents == 0]
    parts = release.item.releases.count()
    with translation.override("fr"):
        return [_line(position, share, release, parts) for position, share in enumerate(shares, start=1)]


def _line(position: int, share: ChargeReleaseLine, release: ChargeRelease, parts: int) -> dict[str, Any]:
    line = share.line
    whole = share.excl_cents == line.excl_cents == line_amount_cents(line.quantity, line.unit_price)
    if whole:
        quantity, unit, price = line.quantity, line.unit, line.unit_price
        detail = release.label if parts > 1 else ""
        code = unit_code(line.unit)
    elif share.is_restated:
        quantity, unit, price = to_euros(100), _("étape"), to_euros(share.excl_cents)
        detail = _("%(label)s. Prix TTC inchangé, TVA déterminée à nouveau depuis la commande.") % {
            "label": release.label
        }
        code = ONE
    else:
        quantity, unit, price = to_euros(100), _("étape"), to_euros(share.excl_cents)
        detail = _("%(label)s (étape %(position)s sur %(parts)s) : %(share)s sur %(total)s HT") % {
            "label": release.label,
            "position": release.position,
            "parts": parts,
            "share": format_money(share.excl_cents),
            "total": format_money(line.excl_cents),
        }
        code = ONE
    return {
        "position": position,  # BT-126
        "description": line.description,  # BT-153
        "detail": detail,  # BT-154
        "quantity": decimal_text(quantity, 3),  # BT-129
        "unit": unit,
        "unit_code": code,  # BT-130
        "unit_price": decimal_text(price, 4),  # BT-146
        "excl": euros(share.excl_cents),  # BT-131
        "vat_category": share.vat_category,  # BT-151
        "vat_rate": decimal_text(share.vat_rate, 2),  # BT-152
    }
