"""Revisions: drafted, tried, published once, never changed; the one of the day decides."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from billing.funding.errors import (
    AnswerRefused,
    DraftInTheWay,
    ExampleInvalid,
    ExamplesDisagree,
    ExamplesMissing,
    ProgrammeInvalid,
    RevisionDayTaken,
    RevisionPublished,
    RevisionTooEarly,
)
from billing.funding.models import Programme, RuleRevision
from billing.funding.operations import answer_facts
from billing.funding.revisions import (
    add_example,
    check_revision,
    discard_draft,
    draft_revision,
    publish_revision,
    refresh_coverage,
    remove_example,
    save_draft,
    suggested_cases,
)
from billing.funding.rules import Reading, in_force
from kernel.outbox.models import OutboxTask
from kernel.rules.errors import FactRefused, RuleInvalid
from tenants.reference.models import Department
from tests.billing.building import party
from tests.billing.funding.making import ON, programme

FOUR_YEARS = {
    "schema": 1,
    "root": {"group": "all", "rows": [{"fact": "business.age", "operator": "lt", "value": "4"}]},
}


def drafted(made: Programme, document: Any = FOUR_YEARS, valid_from: datetime.date = ON) -> RuleRevision:
    draft = draft_revision(programme=made, user=None, on=ON)
    draft.examples.all().delete()
    return save_draft(revision_id=draft.pk, document=document, valid_from=valid_from, user=None)


def with_examples(draft: RuleRevision) -> RuleRevision:
    for name, age, expected in (("Jeune", "2", "yes"), ("Juste trop", "4", "no")):
        add_example(
            revision_id=draft.pk,
            name=name,
            facts={"business.age": age},
            judged_on=ON,
            expected=expected,
        )
    return draft


def test_a_programme_opens_with_a_published_rule_and_its_examples(tenant: Any) -> None:
    made = programme()
    revision = made.revisions.get()
    assert (revision.number, revision.is_draft, revision.valid_from) == (1, False, made.starts_on)
    check = check_revision(revision)
    assert check.is_ready
    assert len(check.tried) >= 4


def test_the_next_one_starts_from_the_latest(tenant: Any) -> None:
    made = programme()
    draft = draft_revision(programme=made, user=None, on=ON)
    first = made.revisions.get(number=1)
    assert (draft.number, draft.document, draft.valid_from) == (2, first.document, ON)
    assert draft.examples.count() == first.examples.count()
    with pytest.raises(DraftInTheWay):
        draft_revision(programme=made, user=None, on=ON)
    discard_draft(revision_id=draft.pk)
    assert draft_revision(programme=made, user=None, on=ON).number == 2


def test_published_stays_as_it_is(tenant: Any) -> None:
    made = programme()
    revision = made.revisions.get()
    example = revision.examples.first()
    assert example is not None
    for change in (
        lambda: save_draft(revision_id=revision.pk, document=FOUR_YEARS, valid_from=ON, user=None),
        lambda: add_example(revision_id=revision.pk, name="a", facts={}, judged_on=ON, expected="no"),
        lambda: remove_example(revision_id=revision.pk, example_id=example.pk),
        lambda: discard_draft(revision_id=revision.pk),
        lambda: publish_revision(revision_id=revision.pk, user=None, on=ON),
    ):
        with pytest.raises(RevisionPublished):
            change()


def test_it_is_published_only_with_examples_that_agree(tenant: Any) -> None:
    draft = drafted(programme())
    with pytest.raises(ExamplesMissing):
        publish_revision(revision_id=draft.pk, user=None, on=ON)
    with_examples(draft)
    wrong = add_example(
        revision_id=draft.pk, name="Faux", facts={"business.age": "9"}, judged_on=ON, expected="yes"
    )
    with pytest.raises(ExamplesDisagree):
        publish_revision(revision_id=draft.pk, user=None, on=ON)
    remove_example(revision_id=draft.pk, example_id=wrong.pk)
    assert not publish_revision(revision_id=draft.pk, user=None, on=ON).is_draft


def test_the_revision_of_the_day_decides(tenant: Any) -> None:
    made = programme()
    later = ON + datetime.timedelta(days=10)
    publish_revision(revision_id=with_examples(drafted(made, valid_from=later)).pk, user=None, on=ON)
    revisions = list(made.revisions.all())
    before, from_then = in_force(revisions, later - datetime.timedelta(days=1)), in_force(revisions, later)
    assert before is not None
    assert from_then is not None
    assert (before.number, from_then.number) == (1, 2)
    assert in_force(revisions, made.starts_on - datetime.timedelta(days=1)) is None


def test_it_never_changes_the_past_nor_shares_a_day(tenant: Any) -> None:
    made = programme()
    early = with_examples(drafted(made, valid_from=ON - datetime.timedelta(days=1)))
    with pytest.raises(RevisionTooEarly):
        publish_revision(revision_id=early.pk, user=None, on=ON)
    save_draft(revision_id=early.pk, document=FOUR_YEARS, valid_from=ON, user=None)
    publish_revision(revision_id=early.pk, user=None, on=ON)
    twin = with_examples(drafted(made))
    with pytest.raises(RevisionDayTaken):
        publish_revision(revision_id=twin.pk, user=None, on=ON)


def test_the_database_holds_one_draft_and_one_revision_a_day(tenant: Any) -> None:
    made = programme()
    first = made.revisions.get()
    copy = {"programme": made, "document": first.document, "document_sha256": first.document_sha256}
    RuleRevision.objects.create(number=2, valid_from=ON, **copy)
    with pytest.raises(IntegrityError), transaction.atomic():
        RuleRevision.objects.create(number=3, valid_from=ON, **copy)


def test_faults_are_at_their_rows_and_nothing_is_kept(tenant: Any) -> None:
    draft = drafted(programme())
    broken = {"schema": 1, "root": {"group": "all", "rows": [{"fact": "x", "operator": "eq", "value": "1"}]}}
    with pytest.raises(RuleInvalid) as caught:
        save_draft(revision_id=draft.pk, document=broken, valid_from=ON, user=None)
    assert [(error.path, error.field) for error in caught.value.errors] == [("1", "fact")]
    draft.refresh_from_db()
    assert draft.document == FOUR_YEARS


@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        ({"name": " "}, ExampleInvalid),
        ({"name": "a" * 200}, ExampleInvalid),
        ({"expected": "maybe"}, ExampleInvalid),
        ({"facts": {"business.age": "old"}}, FactRefused),
        ({"facts": {"nothing": "1"}}, FactRefused),
    ],
)
def test_an_example_is_read_before_it_is_kept(tenant: Any, wrong: Any, refusal: Any) -> None:
    draft = drafted(programme())
    values = {"name": "a", "facts": {}, "judged_on": ON, "expected": "no", **wrong}
    with pytest.raises(refusal):
        add_example(revision_id=draft.pk, **values)


def test_suggestions_close_the_gaps(tenant: Any) -> None:
    draft = drafted(programme())
    cases = suggested_cases(draft, Reading(), ON)
    for number, facts in enumerate(cases):
        add_example(
            revision_id=draft.pk,
            name=str(number),
            facts=facts,
            judged_on=ON,
            expected="no" if number else "yes",
        )
    assert check_revision(draft).is_ready
    assert suggested_cases(draft, Reading(), ON) == []


def test_lists_know_what_the_rule_in_force_may_allow(tenant: Any) -> None:
    Department.objects.create(code="79", name="Deux-Sèvres", region_code="75", zone="metro")
    Department.objects.create(code="86", name="Vienne", region_code="75", zone="metro")
    Department.objects.create(code="22", name="Côtes-d’Armor", region_code="53", zone="metro")
    made = programme()
    assert made.eligibility == {"categories": ["site"]}
    place = {"fact": "business.place", "operator": "within", "value": ["R75", "22278"]}
    not_86 = {"fact": "business.place", "operator": "within", "value": ["86"]}
    document = {
        "schema": 1,
        "root": {
            "group": "all",
            "rows": [*FOUR_YEARS["root"]["rows"], place, {"group": "none", "rows": [not_86]}],  # type: ignore[index]
        },
    }
    draft = with_examples(drafted(made, document))
    draft.examples.filter(expected="yes").update(facts={"business.age": "2", "business.place": ["79", "R75"]})
    publish_revision(revision_id=draft.pk, user=None, on=ON)
    made.refresh_from_db()
    assert made.eligibility == {"departments": ["22", "79"]}


def test_a_later_revision_reaches_the_lists_on_its_day(tenant: Any) -> None:
    made = programme()
    later = datetime.date(2026, 12, 1)
    publish_revision(revision_id=with_examples(drafted(made, valid_from=later)).pk, user=None, on=ON)
    task = OutboxTask.objects.get(name="funding.refresh_coverage")
    # Midnight in the tenant's own zone.
    assert task.due_at == datetime.datetime(2026, 11, 30, 23, tzinfo=datetime.UTC)
    assert task.arguments == {"programme_id": made.pk}
    made.refresh_from_db()
    assert made.eligibility == {"categories": ["site"]}
    for _twice in range(2):
        refresh_coverage(programme_id=made.pk, on=later)
    made.refresh_from_db()
    assert made.eligibility == {}


def test_terms_that_no_rule_can_say_are_refused(tenant: Any) -> None:
    with pytest.raises(ProgrammeInvalid):
        programme(eligibility={"max_age_years": "trois"})
    assert not Programme.objects.exists()


@pytest.mark.parametrize(
    "answers",
    [{"business.headcount": "3"}, {"nothing": True}, {"asked.deminimis_received": "12"}],
)
def test_only_what_is_asked_can_be_answered(tenant: Any, answers: Any) -> None:
    with pytest.raises(AnswerRefused):
        answer_facts(party=party(), answers=answers, user=None)
