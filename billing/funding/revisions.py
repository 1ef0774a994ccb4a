"""Writing rules: a draft is prepared, tried on examples, published; a published revision never changes."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from billing.funding.coverage import coverage_of
from billing.funding.errors import (
    DraftInTheWay,
    ExampleInvalid,
    ExamplesDisagree,
    ExamplesMissing,
    RevisionDayTaken,
    RevisionPublished,
    RevisionTooEarly,
)
from billing.funding.models import Programme, RevisionState, RuleExample, RuleRevision
from billing.funding.rules import Reading, in_force
from kernel.outbox.operations import enqueue
from kernel.rules.document import empty_document, parse_rule
from kernel.rules.evaluation import Outcome
from kernel.rules.examples import Gap, Tried, gaps, read_example, suggested, try_examples
from kernel.rules.facts import read_facts, write_facts
from kernel.rules.tree import Rule
from tenants.accounts.models import User
from tenants.directory.current import current_tenant
from tenants.directory.dates import legal_date

REFRESH_COVERAGE = "funding.refresh_coverage"
MOST_EXAMPLES = 60
LONGEST_NAME = 120


@dataclass(frozen=True)
class Check:
    """What its examples say of a revision: each with its answer, and what they do not show yet."""

    rule: Rule
    tried: list[Tried]
    gaps: list[Gap]

    @property
    def wrong(self) -> int:
        """How many examples come out otherwise than expected."""
        return sum(not one.agrees for one in self.tried)

    @property
    def is_ready(self) -> bool:
        """Whether the revision may be published."""
        return not self.wrong and not self.gaps


@transaction.atomic
def draft_revision(*, programme: Programme, user: User | None, on: datetime.date) -> RuleRevision:
    """Prepare the next revision of a programme: a copy of the latest with its examples, from ``on`` (a legal
    date). Raises DraftInTheWay."""
    locked = Programme.objects.select_for_update(of=("self",)).get(pk=programme.pk)
    latest = locked.revisions.order_by("-number").first()
    if latest is not None and latest.is_draft:
        raise DraftInTheWay()
    document = latest.document if latest else empty_document()
    draft = _created(locked, (latest.number if latest else 0) + 1, document, max(on, locked.starts_on), user)
    if latest is not None:
        RuleExample.objects.bulk_create(
            RuleExample(
                revision=draft,
                position=kept.position,
                name=kept.name,
                facts=kept.facts,
                judged_on=kept.judged_on,
                expected=kept.expected,
            )
            for kept in latest.examples.all()
        )
    return draft


@transaction.atomic
def save_draft(
    *,
    revision_id: int,
    document: Any,
    valid_from: datetime.date,
    user: User | None,
    review_by: datetime.date | None = None,
    note: str = "",
) -> RuleRevision:
    """Keep what was written in a draft. Raises RuleInvalid with every fault at its row, RevisionPublished."""
    draft = _locked_draft(revision_id)
    rule = _parsed(document, Reading())
    draft.document, draft.document_sha256 = rule.document, rule.sha256
    draft.valid_from, draft.review_by, draft.note = valid_from, review_by, note
    draft.author, draft.changed_at = user, timezone.now()
    draft.save()
    return draft


@transaction.atomic
def discard_draft(*, revision_id: int) -> None:
    """Throw a draft away with its examples; its number is given again. Raises RevisionPublished."""
    _locked_draft(revision_id).delete()


@transaction.atomic
def add_example(
    *, revision_id: int, name: str, facts: Mapping[str, Any], judged_on: datetime.date, expected: str
) -> RuleExample:
    """Add a case to a draft; ``facts`` as JSON by key, those left out are not known.

    Raises FactRefused, ExampleInvalid, RevisionPublished.
    """
    draft = _locked_draft(revision_id)
    cleaned = " ".join(name.split())
    if not cleaned or len(cleaned) > LONGEST_NAME:
        raise ExampleInvalid(
            reason=_("Donnez à l’exemple un nom de %(count)s caractères au plus.") % {"count": LONGEST_NAME}
        )
    if expected not in set(Outcome):
        raise ExampleInvalid(reason=_("Choisissez la réponse attendue."))
    positions = list(draft.examples.values_list("position", flat=True))
    if len(positions) >= MOST_EXAMPLES:
        raise ExampleInvalid(
            reason=_("Une révision a %(count)s exemples au plus.") % {"count": MOST_EXAMPLES}
        )
    known = read_facts(Reading().vocabulary, facts)
    return RuleExample.objects.create(
        revision=draft,
        position=max(positions, default=0) + 1,
        name=cleaned,
        facts=write_facts(known),
        judged_on=judged_on,
        expected=expected,
    )


@transaction.atomic
def remove_example(*, revision_id: int, example_id: int) -> None:
    """Take a case out of a draft. Raises RevisionPublished."""
    _locked_draft(revision_id).examples.filter(pk=example_id).delete()


def check_revision(revision: RuleRevision, reading: Reading | None = None) -> Check:
    """Try a revision on its examples. Raises RuleInvalid, and FactRefused for an example that no longer
    fits the vocabulary."""
    reading = reading or Reading()
    rule = reading.rule(revision)
    examples = [
        read_example(
            reading.vocabulary, name=kept.name, facts=kept.facts, on=kept.judged_on, expected=kept.expected
        )
        for kept in revision.examples.all()
    ]
    tried = try_examples(rule, examples, vocabulary=reading.vocabulary, parameters=reading.parameters)
    return Check(rule, tried, gaps(rule, tried, parameters=reading.parameters))


def suggested_cases(revision: RuleRevision, reading: Reading, on: datetime.date) -> list[dict[str, Any]]:
    """Facts of cases worth keeping that no example shows yet, as JSON; what they should give people say."""
    cases = suggested(
        reading.rule(revision), vocabulary=reading.vocabulary, on=on, parameters=reading.parameters
    )
    known = [kept.facts for kept in revision.examples.all()]
    return [facts for case in cases if (facts := write_facts(case)) not in known]


@transaction.atomic
def publish_revision(*, revision_id: int, user: User | None, on: datetime.date) -> RuleRevision:
    """Let a draft decide from its first day, which is ``on`` (the legal date of today) or later.

    Raises RevisionPublished, RuleInvalid, ExamplesDisagree, ExamplesMissing, RevisionTooEarly,
    RevisionDayTaken.
    """
    draft = _locked_draft(revision_id)
    check = check_revision(draft)
    if check.wrong:
        raise ExamplesDisagree(count=check.wrong)
    if check.gaps:
        raise ExamplesMissing(count=len(check.gaps))
    others = RuleRevision.objects.published().filter(programme=draft.programme_id)
    if others.exists() and draft.valid_from < on:
        raise RevisionTooEarly(first=on.isoformat())
    if others.filter(valid_from=draft.valid_from).exists():
        raise RevisionDayTaken()
    _publish(draft, user, on)
    return draft


def publish_first_rule(
    *, programme: Programme, document: Any, examples: Iterable[Mapping[str, Any]]
) -> RuleRevision:
    """The rule a programme is opened with, in force from its first day; its examples must agree.

    Raises RuleInvalid, ExamplesDisagree, ExamplesMissing.
    """
    rule = _parsed(document, Reading())
    revision = _created(programme, 1, rule.document, programme.starts_on, None)
    for example in examples:
        add_example(revision_id=revision.pk, **example)
    today = legal_date(current_tenant(), timezone.now())
    return publish_revision(revision_id=revision.pk, user=None, on=today)


@transaction.atomic
def refresh_coverage(*, programme_id: int, on: datetime.date) -> None:
    """Write what lists need of the rule in force on a legal date; a repeat changes nothing."""
    programme = Programme.objects.select_for_update(of=("self",)).get(pk=programme_id)
    # Before its first day a programme is listed by the rule it will begin with.
    revision = in_force(programme.revisions.published(), max(on, programme.starts_on))
    if revision is None:
        return
    reading = Reading()
    programme.eligibility = coverage_of(reading.rule(revision), reading, max(on, revision.valid_from))
    programme.save(update_fields=["eligibility"])


def _publish(draft: RuleRevision, user: User | None, on: datetime.date) -> None:
    draft.state, draft.published_by, draft.published_at = RevisionState.PUBLISHED, user, timezone.now()
    draft.save(update_fields=["state", "published_by", "published_at"])
    refresh_coverage(programme_id=draft.programme_id, on=on)
    if draft.valid_from > on:
        begins = datetime.datetime.combine(
            draft.valid_from, datetime.time(), tzinfo=ZoneInfo(current_tenant().time_zone)
        )
        enqueue(REFRESH_COVERAGE, due_at=begins, programme_id=draft.programme_id)


def _created(
    programme: Programme, number: int, document: Any, valid_from: datetime.date, user: User | None
) -> RuleRevision:
    rule = _parsed(document, Reading())
    return RuleRevision.objects.create(
        programme=programme,
        number=number,
        document=rule.document,
        document_sha256=rule.sha256,
        valid_from=valid_from,
        author=user,
    )


def _parsed(document: Any, reading: Reading) -> Rule:
    return parse_rule(document, reading.vocabulary, reading.parameters)


def _locked_draft(revision_id: int) -> RuleRevision:
    """The draft, locked after its programme. Raises RevisionPublished."""
    programme_id = RuleRevision.objects.values_list("programme_id", flat=True).get(pk=revision_id)
    Programme.objects.select_for_update(of=("self",)).get(pk=programme_id)
    revision = RuleRevision.objects.select_for_update(of=("self",)).get(pk=revision_id)
    if not revision.is_draft:
        raise RevisionPublished()
    return revision
