"""Every address of a tenant's site, with what must be known to visit it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver, reverse

SITE = "pepiniere.urls.tenant"

API_ACTS = ("accept", "decline", "start", "deliverables", "deliver")

# Open to anybody on the site itself: they may speak of their own tenant, never of another.
OPEN = {
    "account_login", "account_logout", "account_inactive", "account_signup", "account_reset_password",
    "account_email_verification_sent", "account_confirm_login_code", "account_confirm_password_reset_code",
    "account_complete_password_reset", "account_password_reset_completed", "mfa_authenticate",
    "api:services", "api:service", "api:schema", "api:documentation",
    "web:theme", "accounts:language", "web:appearance", "identity:logo",
    "payments:webhook",
    "funding:programmes", "funding:programme",
    "catalogue:home", "catalogue:services", "catalogue:service", "catalogue:category", "catalogue:provider",
    "catalogue:suggestions", "catalogue:compare", "catalogue:picture",
    "catalogue:reviews", "catalogue:sitemap", "catalogue:robots", "api:service_reviews",
    "orders:cart", "orders:add_to_cart", "orders:terms",
    "site:help", "site:accessibility", "site:legal", "site:privacy",
    "demonstration:arrive", "demonstration:mailbox", "demonstration:letter", "demonstration:letter_layout",
}  # fmt: skip


@dataclass(frozen=True)
class Address:
    """A named address and the names of its parameters."""

    name: str
    parameters: tuple[str, ...]

    @property
    def is_open(self) -> bool:
        return self.name in OPEN


def all_addresses() -> list[Address]:
    """Each pattern of the site once. Raises LookupError for one without a name."""
    return list(dict.fromkeys(_walk(get_resolver(SITE))))


def _walk(resolver: URLResolver, spaces: tuple[str, ...] = ()) -> Iterator[Address]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from _walk(entry, (*spaces, entry.namespace) if entry.namespace else spaces)
            continue
        assert isinstance(entry, URLPattern)
        if not entry.name:
            raise LookupError(f"an address without a name: {entry.pattern}")
        yield Address(":".join((*spaces, entry.name)), tuple(entry.pattern.regex.groupindex))


def paths(address: Address, examples: dict[str, list[dict[str, Any]]]) -> list[str]:
    """The address with each known set of parameters. Raises LookupError when there is none."""
    if not address.parameters:
        return [reverse(address.name, urlconf=SITE)]
    known = examples.get(address.name)
    if not known:
        raise LookupError(f"{address.name} needs {address.parameters}: give examples in tests/isolation")
    return [reverse(address.name, urlconf=SITE, kwargs=kwargs) for kwargs in known]


def examples() -> dict[str, list[dict[str, Any]]]:
    """Parameters of the current tenant's objects for every address that takes some."""
    from billing.charges.models import ChargeEvent
    from billing.claims.models import Claim, ClaimPayment, ClaimRefusal
    from billing.commission.models import CommissionRule
    from billing.funding.models import Programme, RuleExample, RuleRevision, Voucher, VoucherSeries
    from billing.invoicing.models import Invoice, IssueRefusal
    from billing.ledger.models import Account, JournalEntry, VerificationRun
    from billing.payments.models import GatewayAccount, GatewayDelivery, GatewayDispute, Payment, Refund
    from billing.payouts.models import Payout, PayoutLeg, SellerDebt, Statement, TransferReversal
    from billing.vat_reviews.models import VatReview
    from kernel.outbox.models import OutboxTask
    from pepiniere.demonstration.mailbox import letters
    from services.catalogue.models import (
        Category,
        Picture,
        ProviderProfile,
        Service,
        ServiceImport,
        ServiceReview,
        SynonymGroup,
        WantedService,
    )
    from services.fulfilment.models import Deliverable
    from services.orders.models import CartLine, IntakeFile, Order, OrderLine
    from tenants.accounts.models import ApiToken
    from tenants.directory.current import current_tenant
    from tenants.parties.models import Membership, Party

    def each(queryset: Any, **names: str) -> list[dict[str, Any]]:
        rows = list(queryset.order_by("pk").values_list(*names.values()))
        # Some that both twins have, and the last ones, which only one has.
        chosen = rows if len(rows) < 5 else [*rows[:2], *rows[-2:]]
        return [dict(zip(names, row, strict=True)) for row in chosen]

    def with_verbs(rows: list[dict[str, Any]], name: str, *verbs: str) -> list[dict[str, Any]]:
        return [{**row, name: verb} for row in rows for verb in verbs]

    accounts = each(Account.objects, code="code")
    orders = each(Order.objects, number="number")
    lines = each(OrderLine.objects, key="key")
    positions = each(OrderLine.objects, number="order__number", position="position")
    parties = each(Party.objects, public_id="public_id")
    services = each(Service.objects, slug="slug")
    imports = each(ServiceImport.objects, public_id="public_id")
    reviews = each(ServiceReview.objects, public_id="public_id")
    payments = each(Payment.objects, public_id="public_id")
    refunds = each(Refund.objects, public_id="public_id")
    disputes = each(GatewayDispute.objects, public_id="public_id")
    deliveries = each(GatewayDelivery.objects, event_id="event_id")
    waiting = {"payment": payments, "refund": refunds, "dispute": disputes, "delivery": deliveries}
    legs = each(PayoutLeg.objects, public_id="public_id")
    invoices = each(Invoice.objects, number="number")
    cart = each(CartLine.objects, public_id="public_id")
    mail = [{"name": found.name} for found in letters(current_tenant().schema_name)[:1]]
    return {
        **dict.fromkeys(("api:invoice", "api:invoice_document", "invoicing:document"), invoices),
        "api:order": orders,
        **dict.fromkeys(("api:line", *(f"api:line_{name}" for name in API_ACTS)), lines),
        **{f"api:order_{name}": positions for name in ("cancel", "approve", "request_changes")},
        "api:deliverable": each(Deliverable.objects, public_id="public_id"),
        **dict.fromkeys(("api:service", "catalogue:service", "catalogue:console_service"), services),
        **dict.fromkeys(("api:service_reviews", "catalogue:reviews"), services),
        **dict.fromkeys(("orders:provider_review", "orders:console_review"), reviews),
        **dict.fromkeys(("parties:details", "parties:register", "parties:members"), parties),
        **dict.fromkeys(("orders:change_cart_line", "orders:remove_cart_line"), cart),
        "orders:restore_cart_line": cart,
        "orders:question": with_verbs(cart, "key", "activity", "logo"),
        "identity:logo": [{"digest": current_tenant().logo_digest}],
        "web:theme": [{"digest": "0000000000000000"}],
        "accounts:token_revoke": each(ApiToken.objects, token_id="pk"),
        "parties:remove_member": each(Membership.objects, public_id="party__public_id", membership_id="pk"),
        "payments:webhook": each(GatewayAccount.objects, endpoint_id="endpoint_id"),
        **{f"payments:{name}": payments for name in ("refresh", "check", "give_back")},
        **{f"payments:{name}": refunds for name in ("check_refund", "retry_refund", "bear_refund")},
        **{f"payments:{name}": disputes for name in ("check_dispute", "decide_dispute")},
        "payments:apply_delivery": deliveries,
        "payments:follow": [
            {"subject": subject, "key": str(next(iter(row.values())))}
            for subject, rows in waiting.items()
            for row in rows
        ],
        **{f"payouts:{name}": legs for name in ("retry", "transfer", "check", "open_account_of")},
        "payouts:check_reversal": each(TransferReversal.objects, public_id="public_id"),
        "payouts:split_found": refunds,
        "payouts:refund": each(Payout.objects, public_id="public_id"),
        "payouts:debt": each(SellerDebt.objects, public_id="public_id"),
        **{
            f"payouts:{name}": each(Statement.objects, public_id="public_id")
            for name in ("statement_pdf", "statement_csv")
        },
        **{
            f"vat_reviews:{name}": each(VatReview.objects, public_id="public_id")
            for name in ("confirm", "again")
        },
        "commission:end": each(CommissionRule.objects, rule_id="pk"),
        "payouts:redeliver": each(ChargeEvent.objects, public_id="public_id"),
        **{
            f"funding:{name}": each(Programme.objects, slug="slug")
            for name in (
                "programme",
                "answer",
                "console_programme",
                "console_budgets",
                "console_programme_edit",
                "console_programme_close",
                "console_rule_prepare",
            )
        },
        **{
            f"funding:console_rule{name}": each(
                RuleRevision.objects.filter(state="draft"), slug="programme__slug", number="number"
            )
            for name in ("", "_edit", "_publish", "_discard")
        },
        "funding:console_rule_forget_example": each(
            RuleExample.objects.filter(revision__state="draft"),
            slug="revision__programme__slug",
            number="revision__number",
            example_id="pk",
        ),
        **{
            f"claims:{name}": each(Claim.objects, public_id="public_id")
            for name in ("claim", "submit", "withdraw", "pay", "csv")
        },
        "claims:refuse": each(Claim.objects, public_id="public_id"),
        "claims:undo_refusal": each(ClaimRefusal.objects, public_id="claim__public_id", refusal_id="pk"),
        "claims:correct": each(ClaimPayment.objects, public_id="claim__public_id", payment_id="pk"),
        "claims:pdf": each(Claim.objects.exclude(number=""), public_id="public_id"),
        "claims:draw": each(Programme.objects, slug="slug"),
        "funding:console_revoke": each(Voucher.objects.filter(state="granted"), public_id="public_id"),
        "funding:console_series_codes": each(VoucherSeries.objects, public_id="public_id"),
        "invoicing:console_ask_again": each(IssueRefusal.objects, refusal_id="pk"),
        **dict.fromkeys(("ledger:entry", "ledger:reverse"), each(JournalEntry.objects, source="source")),
        **{f"ledger:{name}": accounts for name in ("account", "edit_account", "export")},
        "ledger:run": each(VerificationRun.objects, run_id="pk"),
        "catalogue:category": each(Category.objects, slug="slug"),
        "catalogue:provider": each(ProviderProfile.objects, slug="slug"),
        **dict.fromkeys(("catalogue:provider_service", "catalogue:provider_service_preview"), services),
        "orders:intake_preview": services,
        "catalogue:provider_service_revise": services,
        "catalogue:console_service_corrections": services,
        "catalogue:provider_service_section": with_verbs(services, "section", "prix", "options", "images"),
        **{
            f"catalogue:{desk}_export": [{"form": form} for form in ("csv", "json", "modele")]
            for desk in ("provider", "console")
        },
        **dict.fromkeys(("catalogue:provider_import", "catalogue:console_import"), imports),
        **dict.fromkeys(
            ("catalogue:provider_import_act", "catalogue:console_import_act"),
            with_verbs(imports, "verb", "abandonner"),
        ),
        "catalogue:picture": each(Picture.objects.filter(state="ready"), digest="digest", width="width"),
        "catalogue:provider_service_act": with_verbs(services, "verb", "suspendre", "publier"),
        "catalogue:console_service_act": with_verbs(services, "verb", "suspendre", "publier"),
        "catalogue:favourite": with_verbs(services, "verb", "ajouter", "retirer"),
        "catalogue:console_wish_settle": each(WantedService.objects, public_id="public_id"),
        **{
            f"catalogue:console_synonym{name}": each(SynonymGroup.objects, group_id="pk")
            for name in ("", "_remove")
        },
        "catalogue:console_provider_act": with_verbs(parties, "verb", "activer", "suspendre"),
        "orders:intake_file": each(IntakeFile.objects, public_id="public_id"),
        **{f"orders:{name}": orders for name in ("order", "pay", "payment_return", "confirmation")},
        "orders:console_order": orders,
        **{f"orders:{name}": positions for name in ("cancel", "dispute", "withdraw_dispute")},
        "orders:review": each(
            OrderLine.objects.filter(state="approved"), number="order__number", position="position"
        ),
        "orders:console_act": with_verbs(lines, "name", "give_back", "cancel"),
        "orders:console_reassign": lines,
        "orders:console_decide": lines,
        **{
            f"fulfilment:{name}": lines
            for name in ("line", "accept", "decline", "start", "deliver", "write", "write_to_both")
        },
        **{f"fulfilment:{name}": positions for name in ("approve", "changes", "write_to_provider")},
        "fulfilment:detach": each(Deliverable.objects, key="milestone__line__key", public_id="public_id"),
        "fulfilment:deliverable": each(Deliverable.objects, public_id="public_id"),
        "operations:revive": each(OutboxTask.objects.dead(), task_id="pk"),
        **dict.fromkeys(("demonstration:letter", "demonstration:letter_layout"), mail),
    }
