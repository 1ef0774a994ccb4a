"""The contents of a service as one value: read whole, written whole, compared."""

from __future__ import annotations

from services.catalogue.finding.words import search_text
from services.catalogue.inputs import MilestoneInput, OptionInput, PictureInput, ServiceInput
from services.catalogue.models import (
    Category,
    IntakeForm,
    PriceKind,
    Service,
    ServiceMilestone,
    ServiceOption,
)
from services.catalogue.pictures import put_pictures, shown_pictures
from tenants.parties.models import Party
from tenants.reference.names import fold_name

COLUMNS = (
    "name",
    "name_en",
    "summary",
    "summary_en",
    "description",
    "description_en",
    "price_kind",
    "unit",
    "unit_price",
    "minimum_quantity",
    "quantity_step",
    "indicative_min_cents",
    "indicative_max_cents",
    "vat_kind",
    "vat_exemption_reason",
    "lead_time_days",
    "rounds_of_changes",
    "cancellation_terms",
)


def written_of(service: Service) -> ServiceInput:
    """What is written about a service at present; five statements unless its parts are prefetched."""
    forms = list(service.intake_forms.all())
    return ServiceInput(
        **{name: getattr(service, name) for name in COLUMNS},
        billing_period=service.billing_period,
        deliverables=tuple(service.deliverables),
        departments=tuple(service.departments),
        options=tuple(
            OptionInput(
                key=option.key,
                label=option.label,
                label_en=option.label_en,
                unit_price=option.unit_price,
                per_unit=option.per_unit,
                vat_kind=option.vat_kind,
                vat_exemption_reason=option.vat_exemption_reason,
            )
            for option in service.options.all()
        ),
        milestones=tuple(
            MilestoneInput(part.label, part.share_percent, part.label_en) for part in service.milestones.all()
        ),
        questions=tuple(dict(question) for question in forms[0].fields) if forms else (),
        pictures=tuple(
            PictureInput(one.picture.digest, one.alt, one.alt_en) for one in shown_pictures(service)
        ),
    )


def write_contents(service: Service, category: Category, written: ServiceInput) -> None:
    """Store all that is written, in the caller's transaction; for a saved service under its row's lock.

    Options, milestones and questions are replaced: orders and carts keep copies and keys, never these rows.
    """
    service.category = category
    for name in COLUMNS:
        setattr(service, name, getattr(written, name))
    service.billing_period = written.billing_period or _period(written)
    service.deliverables = list(written.deliverables)
    service.departments = list(written.departments)
    service.sort_key = fold_name(written.name)[:160]
    service.search_key = _search_key(category, written)
    service.search_text = _search_text(service.provider, written)
    service.save()
    _write_options(service, written)
    _write_milestones(service, written)
    _write_questions(service, written)
    put_pictures(service, written.pictures)


def _write_options(service: Service, written: ServiceInput) -> None:
    service.options.all().delete()
    ServiceOption.objects.bulk_create(
        ServiceOption(
            service=service,
            position=position,
            key=option.key,
            label=option.label,
            label_en=option.label_en,
            unit_price=option.unit_price,
            per_unit=option.per_unit,
            vat_kind=option.vat_kind,
            vat_exemption_reason=option.vat_exemption_reason,
        )
        for position, option in enumerate(written.options, start=1)
    )


def _write_milestones(service: Service, written: ServiceInput) -> None:
    service.milestones.all().delete()
    ServiceMilestone.objects.bulk_create(
        ServiceMilestone(
            service=service,
            position=position,
            label=part.label,
            label_en=part.label_en,
            share_percent=part.share_percent,
        )
        for position, part in enumerate(written.milestones, start=1)
    )


def _write_questions(service: Service, written: ServiceInput) -> None:
    """A new version of the intake form when its questions differ; the old ones stay as they were asked."""
    asked = [dict(question) for question in written.questions]
    latest = IntakeForm.objects.filter(service=service).order_by("-version").first()
    if asked == (latest.fields if latest is not None else []):
        return
    version = latest.version + 1 if latest is not None else 1
    IntakeForm.objects.create(service=service, version=version, fields=asked)


def _period(written: ServiceInput) -> str:
    """Subscriptions of the library say their period by their unit only."""
    if written.price_kind != PriceKind.SUBSCRIPTION:
        return ""
    return "year" if written.unit.casefold().startswith("an") else "month"


def _search_key(category: Category, written: ServiceInput) -> str:
    """What says in few words what it is."""
    return search_text(
        [
            written.summary,
            category.name,
            category.parent.name if category.parent else "",
            *written.deliverables,
        ]
    )


def _search_text(provider: Party, written: ServiceInput) -> str:
    """Everything else."""
    labels = [option.label for option in written.options]
    return search_text([provider.display_name, *labels, written.description])
