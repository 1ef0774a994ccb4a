"""A tenant at work for histories: its money goes through a real gateway and the programmes of funders."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from billing.charges.inputs import InstalmentInput
from billing.charges.models import Charge
from billing.funding.grants import grant_voucher
from billing.funding.models import Advance
from billing.payments.gateways.base import GatewayError
from billing.payments.models import GatewayAccount, Payment
from billing.payments.operations.accounts import connect_sandbox
from billing.payments.secrets import unseal
from billing.payouts.operations import open_payout_account
from kernel.errors import DomainError
from services.catalogue.models import Category
from services.orders.models import CartLine
from services.orders.operations.place import place_order
from tenants.parties.queries import operator_party
from tenants.reference.parameters import load_parameters
from tests.billing.building import party
from tests.billing.funding.making import says_no_aid_elsewhere
from tests.billing.funding.test_reservation import open_for_years
from tests.billing.payments.acting import Shop
from tests.sandbox import ACCEPTED, SandboxProcess
from tests.services.histories.acts import ACTIONS, SEPA, Nothing
from tests.services.histories.watching import Watch
from tests.services.ordering import Market, open_market, person, service_of
from tests.services.orders.test_lifecycle import act as act_on_line

METHODS = ("card", "sepa_debit", "aided", "voucher")


@dataclass
class Deal:
    """One order of one or two lines, and how its buyer pays."""

    order: Any
    lines: list[Any]
    method: str

    @property
    def charge(self) -> Charge:
        return Charge.objects.get(reference=self.order.charge_reference)

    def payments(self) -> Any:
        """Attempts to pay, the latest first."""
        return Payment.objects.filter(charge__reference=self.order.charge_reference).order_by("-pk")


@dataclass
class Region:
    """The tenant's people, its gateway, its programmes, and the watch over the tables."""

    market: Market
    shop: Shop
    watch: Watch
    services: dict[str, tuple[Any, ...]]
    programmes: dict[str, Any]
    finance: Any
    thirds: tuple[Any, Any]
    """Who takes over what was declined: with VAT, and without, as the sellers of what aid pays whole."""
    refused: set[str] = field(default_factory=set)

    def deal(self, method: str, *services: Any, instalments: tuple[InstalmentInput, ...] = ()) -> Deal:
        """Place an order of these services alone, by default of the method's first one."""
        self.watch.method = method
        # What an earlier order gave back to the cart is not wanted any more.
        CartLine.objects.all().delete()
        cart = self.market.cart(*(services or self.services[method][:1]))
        order = place_order(
            cart=cart, buyer=self.market.buyer, user=self.market.buyer_user, instalments=instalments
        )
        return Deal(order, list(order.lines.order_by("position")), method)

    def grant(self, method: str) -> None:
        """Staff grant the buyer a voucher of the method's programme."""
        grant_voucher(
            programme=self.programmes[method],
            amount_cents=10_000,
            user=self.finance,
            party=self.market.buyer,
        )

    def act(self, deal: Deal, name: str, which: int = 0) -> None:
        """One act on an order; what the domain refuses changes nothing. Then all that waits is done."""
        self.watch.method = deal.method
        self.market.extra["third"] = self.thirds[deal.method == "voucher"]
        line = deal.lines[which % len(deal.lines)]
        try:
            if name in ACTIONS:
                ACTIONS[name](self, deal)
            elif name == "pay":
                self.pay(deal)
            else:
                act_on_line(self.market, deal.order, line, name)
        except (DomainError, GatewayError, Nothing):
            self.refused.add(name)
        self.work()

    def work(self) -> None:
        """The gateway's postings arrive, and tasks of money run."""
        self.shop.post_new_events()

    def pay(self, deal: Deal) -> None:
        """The buyer pays as buyers of this method do, and the bank says yes."""
        payment = self.shop.start(deal.charge)
        if deal.method == "sepa_debit":
            self.api.post(f"test/checkout/sessions/{payment.session_id}/pay", {"iban": SEPA})
            self.shop.post_new_events()
            self.settle(deal, "succeeded")
        else:
            self.shop.pay(payment, ACCEPTED)
        self.shop.post_new_events()

    @property
    def api(self) -> Any:
        return self.shop.api

    def started(self, deal: Deal) -> Payment:
        """The page on which the buyer may pay."""
        return self.shop.start(deal.charge)

    def gateway_charge(self, deal: Deal) -> str:
        """The latest of the gateway's charges for this order."""
        for payment in deal.payments():
            if payment.gateway_charge_id:
                return str(payment.gateway_charge_id)
        raise Nothing

    def settle(self, deal: Deal, status: str) -> None:
        """The bank answers a debit."""
        payment = deal.payments().filter(state="processing").first()
        if payment is None:
            raise Nothing
        session = self.api.get(f"checkout/sessions/{payment.session_id}")
        intent = self.api.get(f"payment_intents/{session['payment_intent']}")
        self.api.post(f"test/charges/{intent['latest_charge']}/settle", {"status": status})

    def at_gateway(self, deal: Deal, path: str, content: dict[str, Any] | None = None) -> dict[str, Any]:
        """Something done to the order's charge by bank or gateway; refusals there change nothing."""
        try:
            return dict(self.api.post(f"test/charges/{self.gateway_charge(deal)}/{path}", content))
        except AssertionError as error:
            raise Nothing from error


def open_region(tenant: Any, client: Any, process: SandboxProcess, settings: Any, watch: Watch) -> Region:
    """Fill a tenant: market, gateway, payout accounts, a programme that pays half and one that pays all."""
    settings.SANDBOX_URL, settings.SANDBOX_ADMIN_KEY = process.url, process.admin_key
    market = open_market(tenant)
    # The market's own gateway is one that nobody calls.
    GatewayAccount.objects.all().delete()
    account = connect_sandbox(tenant)
    api = process.client(unseal(account.secret_key_sealed))
    shop = Shop(tenant, account, api, client, market.provider, market.buyer, None)
    load_parameters()
    market.buyer.headcount = 2
    market.buyer.save()
    says_no_aid_elsewhere(market.buyer)
    thirds = (party(role="provider"), party(role="provider", regime="franchise"))
    own = operator_party()
    assert own is not None
    market.extra["people"] = {
        own.pk: person("own", own),
        market.provider.pk: market.provider_user,
        market.other_provider.pk: market.other_user,
        thirds[0].pk: person("third", thirds[0]),
        thirds[1].pk: person("fourth", thirds[1]),
    }
    # The other two get around to it later.
    for seller in (market.provider, market.other_provider):
        open_payout_account(party=seller)
    return Region(
        market,
        shop,
        watch,
        services={
            **{method: _services(market, method) for method in METHODS},
            "own": (_own_service(market),),
            # Less than a gateway takes.
            "tiny": (service_of(market.provider, price="0.1000", options=()),),
        },
        programmes={
            "aided": _programme_for("aided", "50"),
            "voucher": _programme_for("voucher", "100"),
        },
        finance=person("finance"),
        thirds=thirds,
    )


def _own_service(market: Market) -> Any:
    """What the tenant sells itself."""
    own = operator_party()
    assert own is not None
    own.roles.create(role="provider", state="active")
    return service_of(own, price="80.0000", shares=(50, 50))


def _services(market: Market, method: str) -> tuple[Any, Any]:
    """A service of two steps and one of one step, by two providers, in a rubric of the method's own."""
    rubric = Category.objects.create(slug=method.replace("_", "-"), name=method, name_en=method)
    # Aid that pays all: of a seller without VAT, for a business gets its VAT back elsewhere.
    seller = market.other_provider if method == "voucher" else market.provider
    made = (
        service_of(seller, price="390.0000", shares=(40, 60), rounds=1),
        service_of(market.other_provider, price="120.5000"),
    )
    for service in made:
        service.category = rubric
        service.save()
    return made


def _programme_for(rubric: str, rate: str) -> Any:
    return open_for_years(
        rubric,
        a_year=100_000_000,
        rate_percent=Decimal(rate),
        cap_cents=10_000_000,
        max_vouchers_per_business=100_000,
        is_de_minimis=False,
        advance=Advance.WHEN_FUNDER_PAYS,
        eligibility={"max_employees_exclusive": 10, "categories": [rubric]},
    )
