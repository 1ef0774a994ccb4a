"""The facts that programmes may ask for, and the words that subjects above lend to their codes."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from kernel.rules.facts import Fact, Source, Vocabulary
from kernel.rules.kinds import Kind
from tenants.parties.models import Party, PartyRole, VatRegimePeriod
from tenants.reference.models import Department, Region

AGE = "business.age"
FOUNDED_ON = "business.founded_on"
HEADCOUNT = "business.headcount"
ACTIVITY = "business.activity"
PLACE = "business.place"
STATE = "business.state"
REGIME = "business.vat_regime"
NATURE = "business.kind"
CATEGORIES = "service.categories"
DOCUMENTS = "business.documents"
ORDER_EXCL = "order.excl"
DEMINIMIS_RECEIVED = "asked.deminimis_received"
JOB_SEEKER = "asked.job_seeker"

Choices = Sequence[tuple[str, str | Promise]]
_lent: dict[str, Callable[[], Choices]] = {}


def lend_choices(key: str, choices: Callable[[], Choices]) -> None:
    """Let a subject above say which codes a fact has and how they are called: rubrics, documents."""
    _lent[key] = choices


def region_code(code: str) -> str:
    """How a region is written among the codes of a place: departments and regions share numbers."""
    return f"R{code}"


def funding_vocabulary() -> Vocabulary:
    """Every fact of programmes with its words in the active language; two statements for the places."""
    return Vocabulary(
        [
            *_about_the_business(),
            Fact(
                CATEGORIES,
                Kind.SET,
                _("Rubriques du service"),
                source=Source.COMPUTED,
                choices=_choices(CATEGORIES),
            ),
            Fact(ORDER_EXCL, Kind.CENTS, _("Montant hors taxes de la commande"), source=Source.COMPUTED),
            *_asked(),
        ]
    )


def _about_the_business() -> list[Fact]:
    return [
        Fact(STATE, Kind.CHOICE, _("Situation de l’entreprise"), choices=_states()),
        Fact(
            AGE,
            Kind.NUMBER,
            _("Ancienneté de l’entreprise"),
            source=Source.COMPUTED,
            unit="years",
            counts_from=FOUNDED_ON,
        ),
        Fact(FOUNDED_ON, Kind.DATE, _("Date de création de l’entreprise"), source=Source.REGISTER),
        Fact(HEADCOUNT, Kind.NUMBER, _("Effectif de l’entreprise"), unit="people"),
        Fact(ACTIVITY, Kind.TEXT, _("Code d’activité (NAF)"), source=Source.REGISTER),
        Fact(
            PLACE,
            Kind.PLACE,
            _("Territoire de l’entreprise"),
            help=_("79 pour un département, 79191 pour une commune, R75 pour une région."),
            choices=_places(),
        ),
        Fact(REGIME, Kind.CHOICE, _("Régime de TVA"), choices=tuple(VatRegimePeriod.Regime.choices)),
        Fact(NATURE, Kind.CHOICE, _("Nature de l’entreprise"), choices=tuple(Party.Kind.choices)),
        Fact(DOCUMENTS, Kind.SET, _("Pièces fournies"), choices=_choices(DOCUMENTS)),
    ]


def _asked() -> list[Fact]:
    return [
        Fact(
            DEMINIMIS_RECEIVED,
            Kind.CENTS,
            _("Aides de minimis déjà reçues"),
            question=_(
                "Combien d’aides de minimis avez-vous reçues ailleurs sur les trois dernières années ?"
            ),
            help=_(
                "Le montant figure sur la décision de chaque aide. Indiquez 0 si vous n’en avez pas reçu. "
                "Celles que vous avez obtenues ici sont déjà comptées."
            ),
            source=Source.ASKED,
        ),
        Fact(
            JOB_SEEKER,
            Kind.BOOL,
            _("Inscription à France Travail"),
            question=_("La personne qui dirige l’entreprise est-elle inscrite à France Travail ?"),
            source=Source.ASKED,
        ),
    ]


def _states() -> tuple[tuple[str, str | Promise], ...]:
    return (
        (PartyRole.State.ACTIVE.value, _("immatriculée")),
        (PartyRole.State.IN_CREATION.value, _("en création")),
    )


def _choices(key: str) -> tuple[tuple[str, str | Promise], ...]:
    return tuple(_lent[key]()) if key in _lent else ()


def _places() -> tuple[tuple[str, str | Promise], ...]:
    departments = [(row.code, f"{row.name} ({row.code})") for row in Department.objects.all()]
    regions = [(region_code(row.code), row.name) for row in Region.objects.all()]
    return (*departments, *regions)
