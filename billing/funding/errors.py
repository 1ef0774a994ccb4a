"""What co-funding refuses."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kernel.errors import DomainError


class ProgrammeInvalid(DomainError):
    """Dates, rate, caps or budgets that contradict each other."""

    code = "funding.programme_invalid"
    message = _("Corrigez le dispositif : %(reason)s.")
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
