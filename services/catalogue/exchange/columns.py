"""The columns of a file of services, and a service as the cells of one line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from billing.charges.inputs import VatKind
from services.catalogue.fields import FIELDS
from services.catalogue.inputs import ServiceInput
from services.catalogue.models import BillingPeriod, PriceKind, Service
from services.catalogue.web.question_rows import question_rows
from services.catalogue.web.row_forms import milestone_rows, option_rows

# One cell: text, or the rows of what a service has several of.
Cell = str | list[dict[str, str]]
Cells = dict[str, Cell]


@dataclass(frozen=True)
class Column:
    """``code`` is the key in JSON, ``header`` that of a spreadsheet, ``section`` where people write it.

    ``rows`` names what each row of the cell holds; ``words`` are what a spreadsheet says for each code.
    """

    code: str
    header: str
    section: str = ""
    rows: tuple[str, ...] = ()
    words: Mapping[str, str] | None = None
    is_number: bool = False

    @property
    def label(self) -> str | Promise:
        """The field in words."""
        stored = {"indicative_min": "indicative_min_cents", "indicative_max": "indicative_max_cents"}
        named = {"slug": _("Adresse"), "provider": _("Prestataire"), "state": _("État")}
        return named.get(self.code) or FIELDS[stored.get(self.code, self.code)][1]


_PRICES: dict[str, str] = {
    PriceKind.FIXED: "forfait",
    PriceKind.UNIT: "unite",
    PriceKind.QUOTE: "devis",
    PriceKind.SUBSCRIPTION: "abonnement",
}
_PERIODS: dict[str, str] = {BillingPeriod.MONTH: "mois", BillingPeriod.YEAR: "an"}
_RATES: dict[str, str] = {
    VatKind.STANDARD: "normal",
    VatKind.INTERMEDIATE: "intermediaire",
    VatKind.REDUCED: "reduit",
    VatKind.SUPER_REDUCED: "particulier",
    VatKind.EXEMPT: "exonere",
    VatKind.OUTSIDE_SCOPE: "hors_tva",
}
OPTION = ("key", "label", "label_en", "unit_price", "per_unit")
MILESTONE = ("label", "label_en", "share_percent")
QUESTION = (
    "key", "label", "label_en", "type", "required", "help", "group", "choices", "condition", "at_least",
)  # fmt: skip

COLUMNS = (
    Column("slug", "adresse"),
    Column("provider", "prestataire"),
    # Said for whoever reads the file; an import never moves a service through its life.
    Column("state", "etat"),
    Column("name", "titre", "presentation"),
    Column("name_en", "titre_en", "presentation"),
    Column("category", "rubrique", "presentation"),
    Column("summary", "resume", "presentation"),
    Column("summary_en", "resume_en", "presentation"),
    Column("description", "description", "presentation"),
    Column("description_en", "description_en", "presentation"),
    Column("price_kind", "type_de_prix", "prix", words=_PRICES),
    Column("unit_price", "prix_ht", "prix", is_number=True),
    Column("unit", "unite", "prix"),
    Column("minimum_quantity", "quantite_minimale", "prix", is_number=True),
    Column("quantity_step", "vendu_par", "prix", is_number=True),
    Column("billing_period", "rythme", "prix", words=_PERIODS),
    Column("indicative_min", "a_partir_de", "prix", is_number=True),
    Column("indicative_max", "jusqu_a", "prix", is_number=True),
    Column("vat_kind", "tva", "prix", words=_RATES),
    Column("vat_exemption_reason", "motif_exoneration", "prix"),
    Column("options", "options", "options", rows=OPTION),
    Column("lead_time_days", "delai_jours", "deroulement", is_number=True),
    Column("rounds_of_changes", "allers_retours", "deroulement", is_number=True),
    Column("deliverables", "livrables", "deroulement"),
    Column("milestones", "etapes", "etapes", rows=MILESTONE),
    Column("questions", "questionnaire", "questionnaire", rows=QUESTION),
    Column("cancellation_terms", "annulation", "conditions"),
    Column("departments", "departements", "conditions"),
)
BY_NAME = {name: column for column in COLUMNS for name in (column.code, column.header)}
WRITTEN = tuple(column for column in COLUMNS if column.section)


def cells_of(service: Service, written: ServiceInput, provider_slug: str) -> Cells:
    """A service as the cells of its line, numbers with a point and codes instead of words."""
    return {
        "slug": service.slug,
        "provider": provider_slug,
        "state": service.state,
        **written_cells(written, service.category.slug),
    }


def written_cells(written: ServiceInput, category_slug: str) -> Cells:
    """What is written about a service, as cells; what an import compares and reads."""
    cells: Cells = {}
    for column in WRITTEN:
        value = getattr(written, column.code, None)
        cells[column.code] = same(column, _text(value) if not column.rows else "")
    for end in ("min", "max"):
        cents = getattr(written, f"indicative_{end}_cents")
        cells[f"indicative_{end}"] = "" if cents is None else _text(Decimal(cents).scaleb(-2))
    if not written.lead_time_days:
        cells["lead_time_days"] = ""
    cells["category"] = category_slug
    cells["deliverables"] = "\n".join(written.deliverables)
    cells["departments"] = " ".join(written.departments)
    cells["options"] = _rows(OPTION, option_rows(written))
    cells["milestones"] = _rows(MILESTONE, milestone_rows(written))
    cells["questions"] = _rows(QUESTION, question_rows(written))
    return cells


def same(column: Column, cell: str) -> str:
    """A cell in the one way in which it is compared: line ends, decimal signs and words for codes."""
    cell = cell.replace("\r\n", "\n").replace("\r", "\n").strip()
    if column.is_number:
        return _plain_number(cell)
    if column.words is not None:
        codes = {word: str(code) for code, word in column.words.items()}
        return codes.get(cell.casefold(), cell)
    if column.code == "departments":
        return " ".join(sorted(cell.replace(",", " ").replace(";", " ").split()))
    if column.code == "deliverables":
        return "\n".join(filter(None, (" ".join(line.split()) for line in cell.split("\n"))))
    return cell


def _plain_number(cell: str) -> str:
    plain = "".join(cell.split()).replace("€", "").replace(",", ".")
    whole, point, decimals = plain.partition(".")
    return plain if not point or not decimals.isdecimal() else f"{whole}.{decimals}".rstrip("0").rstrip(".")


def _rows(names: tuple[str, ...], rows: list[dict[str, Any]]) -> list[dict[str, str]]:
    return [{name: _text(row.get(name, "")) for name in names} for row in rows]


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return str(value)
