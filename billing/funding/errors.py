"""What co-funding refuses."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kernel.errors import DomainError


class ProgrammeInvalid(DomainError):
    """Dates, rate, caps or budgets that contradict each other."""

    code = "funding.programme_invalid"
    message = _("Corrigez le dispositif : %(reason)s.")
    status = 422


class BudgetBelowReserved(DomainError):
    """Vouchers hold more of the year than the budget would be."""

    code = "funding.budget_below_reserved"
    message = _("%(reserved)s sont déjà réservés ou utilisés en %(year)s : le budget ne descend pas dessous.")
    status = 422


class RevisionPublished(DomainError):
    """A published revision stays as it is: kept decisions name it."""

    code = "funding.revision_published"
    message = _("Cette révision est publiée et ne change plus. Préparez-en une nouvelle.")


class DraftInTheWay(DomainError):
    """A programme has one draft at a time."""

    code = "funding.draft_in_the_way"
    message = _("Une révision est déjà en préparation pour ce dispositif.")


class ExamplesDisagree(DomainError):
    """Examples come out otherwise than people expect: rule or example is wrong."""

    code = "funding.examples_disagree"
    message = _("%(count)s exemple(s) ne donnent pas la réponse attendue. Corrigez la règle ou l’exemple.")


class ExamplesMissing(DomainError):
    """A rule is published with a case inside, one outside and one on each limit."""

    code = "funding.examples_missing"
    message = _("Il manque %(count)s exemple(s) avant de publier.")


class ExampleInvalid(DomainError):
    """An example without a name, or too many of them."""

    code = "funding.example_invalid"
    message = _("%(reason)s")
    status = 422


class RevisionTooEarly(DomainError):
    """A revision never changes what was decided before."""

    code = "funding.revision_too_early"
    message = _("Choisissez une date d’effet à partir du %(first)s.")
    status = 422


class RevisionDayTaken(DomainError):
    """Two published revisions cannot begin on the same day."""

    code = "funding.revision_day_taken"
    message = _("Une autre révision publiée commence ce jour-là. Choisissez une autre date d’effet.")
    status = 422


class AnswerRefused(DomainError):
    """An answer to something that is not asked, or of another kind."""

    code = "funding.answer_refused"
    message = _("%(reason)s")
    status = 422


class ProgrammeClosed(DomainError):
    """The programme does not run today."""

    code = "funding.programme_closed"
    message = _("Ce dispositif n’est pas ouvert aujourd’hui.")


class GrantTooLarge(DomainError):
    """A voucher is worth one cent at least and the programme's ceiling at most."""

    code = "funding.grant_too_large"
    message = _("Indiquez un montant positif, au plus %(most)s pour un chèque de ce dispositif.")
    status = 422


class GrantTooLate(DomainError):
    """A grant whose last day is over already."""

    code = "funding.grant_too_late"
    message = _("Choisissez une date de fin à partir d’aujourd’hui.")
    status = 422


class BudgetShort(DomainError):
    """The budget of the year does not hold that much."""

    code = "funding.budget_short"
    message = _("Le budget de l’année ne suffit pas : il reste %(left)s.")


class VoucherCeilingReached(DomainError):
    """The business has all that the programme allows it."""

    code = "funding.voucher_ceiling_reached"
    message = _("Le plafond de ce dispositif est atteint pour cette entreprise.")


class CodeUnknown(DomainError):
    """No granted voucher can be used with this code; which of the reasons is not told."""

    code = "funding.code_unknown"
    message = _("Ce code n’existe pas, a déjà servi ou n’est plus valable. Vérifiez-le.")
    status = 422


class CodeTriesExceeded(DomainError):
    """Too many wrong codes in this hour, by one person or on the whole site."""

    code = "funding.code_tries_exceeded"
    message = _("Trop de codes inconnus ont été essayés. Réessayez à partir de %(at)s.")
    status = 429


class SeriesSizeWrong(DomainError):
    """A series has one code at least, and not more than staff can hand out."""

    code = "funding.series_size_wrong"
    message = _("Indiquez un nombre de codes entre 1 et %(most)s.")
    status = 422


class ReturnTooLarge(DomainError):
    """More aid to give back than funders still bear for a part."""

    code = "funding.return_too_large"
    message = _("L’aide à rendre dépasse celle qui a été utilisée pour cette étape.")


class AidChanged(DomainError):
    """What is left to pay is another amount than the buyer saw: budget, rule or ceilings have changed."""

    code = "funding.aid_changed"
    message = _(
        "L’aide a changé entre-temps : il reste %(new)s à payer, au lieu de %(old)s. "
        "Vérifiez, puis confirmez."
    )
