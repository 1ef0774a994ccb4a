"""Charges with items, lines and releases: every amount is stored at opening, the database holds the sums."""

from __future__ import annotations

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Round
from django.utils import timezone

from billing.charges.amendment_models import ChargeAmendment
from billing.charges.event_models import ChargeEvent
from billing.charges.inputs import Supply, VatKind
from billing.charges.instalment_models import ChargeInstalment
from billing.charges.lifecycle import ChargeState, ReleaseState
from billing.charges.return_models import ChargeReturn, ChargeReturnVat, ReturnBearer

__all__ = [
    "Charge",
    "ChargeAmendment",
    "ChargeEvent",
    "ChargeInstalment",
    "ChargeItem",
    "ChargeLine",
    "ChargeRelease",
    "ChargeReleaseLine",
    "ChargeReleaseVat",
    "ChargeReturn",
    "ChargeReturnVat",
    "ReturnBearer",
]

VAT_CATEGORIES = ["S", "E", "O", "AE", "Z"]


def _amounts_add_up(prefix: str) -> list[models.CheckConstraint]:
    """Checks that every table with amounts has: nothing negative, incl = excl + VAT."""
    return [
        models.CheckConstraint(
            condition=Q(excl_cents__gte=0, vat_cents__gte=0), name=f"{prefix}_not_negative"
        ),
        models.CheckConstraint(
            condition=Q(incl_cents=F("excl_cents") + F("vat_cents")), name=f"{prefix}_incl_is_excl_plus_vat"
        ),
        models.CheckConstraint(
            condition=Q(cofunded_cents__gte=0, cofunded_cents__lte=F("incl_cents")),
            name=f"{prefix}_cofunded_within_incl",
        ),
    ]


def _restated_or_not(category: str, rate: str, prefix: str) -> models.CheckConstraint:
    """Another VAT than the parent's is stored whole, or not at all."""
    return models.CheckConstraint(
        condition=Q(**{category: "", f"{rate}__isnull": True})
        | Q(**{f"{category}__in": VAT_CATEGORIES, f"{rate}__gte": 0}),
        name=f"{prefix}_restated_whole",
    )


class Charge(models.Model):
    """What a buyer owes for all items of one purchase; `reference` is the caller's own."""

    reference = models.CharField(max_length=120)
    buyer = models.ForeignKey("parties.Party", on_delete=models.PROTECT, related_name="+")
    buyer_snapshot = models.JSONField()
    currency = models.CharField(max_length=3, default="EUR")
    state = models.CharField(max_length=20, choices=ChargeState, default=ChargeState.AWAITING_PAYMENT)
    excl_cents = models.BigIntegerField()
    vat_cents = models.BigIntegerField()
    incl_cents = models.BigIntegerField()
    cofunded_cents = models.BigIntegerField(default=0)
    to_pay_cents = models.BigIntegerField()
    opened_at = models.DateTimeField(default=timezone.now)
    priced_on = models.DateField()
    """Legal date for which VAT and commission were determined."""
    expires_at = models.DateTimeField(null=True, blank=True)
    paid_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    end_reason = models.CharField(max_length=255, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["reference"], name="charges_charge_reference_unique"),
            models.CheckConstraint(condition=~Q(reference=""), name="charges_charge_reference_not_empty"),
            models.CheckConstraint(
                condition=Q(state__in=ChargeState.values), name="charges_charge_state_known"
            ),
            *_amounts_add_up("charges_charge"),
            models.CheckConstraint(
                condition=Q(to_pay_cents=F("incl_cents") - F("cofunded_cents")),
                name="charges_charge_to_pay_is_the_rest",
            ),
            models.CheckConstraint(
                condition=Q(paid_at__isnull=False) | ~Q(state=ChargeState.PAID),
                name="charges_charge_paid_has_instant",
            ),
        ]
        indexes = [
            models.Index(fields=["buyer", "-id"], name="charges_charge_by_buyer"),
            models.Index(
                fields=["expires_at"],
                condition=Q(state=ChargeState.AWAITING_PAYMENT),
                name="charges_charge_expiring",
            ),
        ]

    def __str__(self) -> str:
        return self.reference


class ChargeItem(models.Model):
    """One thing sold by one seller; `key` is the caller's own."""

    charge = models.ForeignKey(Charge, on_delete=models.PROTECT, related_name="items")
    key = models.CharField(max_length=120)
    position = models.IntegerField()
    seller = models.ForeignKey("parties.Party", on_delete=models.PROTECT, related_name="+")
    seller_snapshot = models.JSONField()
    description = models.CharField(max_length=255)
    supply = models.CharField(max_length=10, choices=Supply, default=Supply.SERVICES)
    place_of_supply = models.CharField(max_length=20)
    commission = models.JSONField()
    """Commission terms as chosen at opening: rule id and its values."""
    commission_vat_category = models.CharField(max_length=2)
    commission_vat_rate = models.DecimalField(max_digits=5, decimal_places=2)
    commission_exemption_key = models.CharField(max_length=40, blank=True)
    excl_cents = models.BigIntegerField()
    vat_cents = models.BigIntegerField()
    incl_cents = models.BigIntegerField()
    cofunded_cents = models.BigIntegerField(default=0)
    commission_excl_cents = models.BigIntegerField()
    commission_vat_cents = models.BigIntegerField()
    refunded_cents = models.BigIntegerField(default=0)
    """Incl. VAT, of refunds that were started; failed ones count until staff settle them."""

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["key"], name="charges_item_key_unique"),
            models.UniqueConstraint(fields=["charge", "position"], name="charges_item_position_unique"),
            *_amounts_add_up("charges_item"),
            models.CheckConstraint(condition=Q(incl_cents__gt=0), name="charges_item_has_amount"),
            models.CheckConstraint(condition=Q(supply__in=Supply.values), name="charges_item_supply_known"),
            models.CheckConstraint(
                condition=Q(commission_vat_category__in=VAT_CATEGORIES), name="charges_item_category_known"
            ),
            models.CheckConstraint(
                condition=Q(commission_excl_cents__gte=0, commission_vat_cents__gte=0)
                & Q(incl_cents__gte=F("commission_excl_cents") + F("commission_vat_cents")),
                name="charges_item_commission_within_incl",
            ),
            models.CheckConstraint(
                condition=Q(refunded_cents__gte=0, refunded_cents__lte=F("incl_cents")),
                name="charges_item_refunded_within_incl",
            ),
        ]
        indexes = [models.Index(fields=["seller", "-id"], name="charges_item_by_seller")]

    def __str__(self) -> str:
        return self.key


class ChargeLine(models.Model):
    """One line of an item as its invoices show it."""

    item = models.ForeignKey(ChargeItem, on_delete=models.PROTECT, related_name="lines")
    position = models.IntegerField()
    description = models.CharField(max_length=255)
    quantity = models.DecimalField(max_digits=12, decimal_places=3)
    unit = models.CharField(max_length=40)
    unit_price = models.DecimalField(max_digits=14, decimal_places=4)
    vat_kind = models.CharField(max_length=16, choices=VatKind)
    vat_category = models.CharField(max_length=2)
    vat_rate = models.DecimalField(max_digits=5, decimal_places=2)
    exemption_key = models.CharField(max_length=40, blank=True)
    """Which legal wording explains a line without VAT; invoicing resolves it by date."""
    exemption_reason = models.CharField(max_length=255, blank=True)
    excl_cents = models.BigIntegerField()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["item", "position"], name="charges_line_position_unique"),
            models.CheckConstraint(condition=Q(vat_kind__in=VatKind.values), name="charges_line_kind_known"),
            models.CheckConstraint(
                condition=Q(vat_category__in=VAT_CATEGORIES), name="charges_line_category_known"
            ),
            models.CheckConstraint(
                condition=Q(quantity__gt=0, unit_price__gte=0, excl_cents__gte=0, vat_rate__gte=0),
                name="charges_line_not_negative",
            ),
            models.CheckConstraint(
                condition=(Q(vat_category="S") & Q(vat_rate__gt=0) & Q(exemption_key=""))
                | (~Q(vat_category="S") & Q(vat_rate=0)),
                name="charges_line_rate_fits_category",
            ),
        ]

    def __str__(self) -> str:
        return self.description


class ChargeRelease(models.Model):
    """A part of an item: approved, paid out and invoiced alone."""

    item = models.ForeignKey(ChargeItem, on_delete=models.PROTECT, related_name="releases")
    key = models.CharField(max_length=120)
    position = models.IntegerField()
    label = models.CharField(max_length=255)
    weight = models.IntegerField()
    excl_cents = models.BigIntegerField()
    vat_cents = models.BigIntegerField()
    incl_cents = models.BigIntegerField()
    cofunded_cents = models.BigIntegerField(default=0)
    cofunding = models.JSONField(default=list)
    """What each programme pays of it, with the programme's words of the day: `cofunding.Share`."""
    commission_excl_cents = models.BigIntegerField()
    commission_vat_cents = models.BigIntegerField()
    restated_commission_category = models.CharField(max_length=2, blank=True, default="")
    """VAT of the commission on this part where it is another than the item's; empty otherwise."""
    restated_commission_rate = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    restated_commission_key = models.CharField(max_length=40, blank=True, default="")
    state = models.CharField(max_length=12, choices=ReleaseState, default=ReleaseState.HELD)
    released_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["item", "key"], name="charges_release_key_unique"),
            models.UniqueConstraint(fields=["item", "position"], name="charges_release_position_unique"),
            models.CheckConstraint(
                condition=Q(state__in=ReleaseState.values), name="charges_release_state_known"
            ),
            *_amounts_add_up("charges_release"),
            models.CheckConstraint(condition=Q(weight__gt=0), name="charges_release_weight_positive"),
            models.CheckConstraint(condition=Q(incl_cents__gt=0), name="charges_release_has_amount"),
            models.CheckConstraint(
                condition=Q(commission_excl_cents__gte=0, commission_vat_cents__gte=0)
                & Q(incl_cents__gte=F("commission_excl_cents") + F("commission_vat_cents")),
                name="charges_release_commission_within_incl",
            ),
            models.CheckConstraint(
                condition=Q(state=ReleaseState.RELEASED, released_at__isnull=False)
                | (~Q(state=ReleaseState.RELEASED) & Q(released_at__isnull=True)),
                name="charges_release_released_has_instant",
            ),
            _restated_or_not("restated_commission_category", "restated_commission_rate", "charges_release"),
        ]

    def __str__(self) -> str:
        return f"{self.item_id}/{self.key}"

    @property
    def commission_category(self) -> str:
        """EN 16931 category of the commission on this part."""
        return self.restated_commission_category or self.item.commission_vat_category

    @property
    def commission_rate(self) -> Decimal:
        """VAT rate of the commission on this part, in percent."""
        if self.restated_commission_rate is None:
            return self.item.commission_vat_rate
        return self.restated_commission_rate

    @property
    def commission_exemption_key(self) -> str:
        """Which legal wording explains a commission without VAT."""
        if self.restated_commission_rate is None:
            return self.item.commission_exemption_key
        return self.restated_commission_key

    @property
    def commission_incl_cents(self) -> int:
        """What the operator keeps of this part, incl. VAT, in cents."""
        return self.commission_excl_cents + self.commission_vat_cents

    @property
    def net_cents(self) -> int:
        """What the seller gets for this part, in cents."""
        return self.incl_cents - self.commission_incl_cents

    @property
    def paid_cents(self) -> int:
        """What the buyer pays of this part, incl. VAT, in cents."""
        return self.incl_cents - self.cofunded_cents


class ChargeReleaseLine(models.Model):
    """Share of a line in a release, excl. VAT."""

    release = models.ForeignKey(ChargeRelease, on_delete=models.PROTECT, related_name="shares")
    line = models.ForeignKey(ChargeLine, on_delete=models.PROTECT, related_name="shares")
    excl_cents = models.BigIntegerField()
    restated_category = models.CharField(max_length=2, blank=True, default="")
    """VAT of this share where it is another than the line's: as confirmed for its tax point."""
    restated_rate = models.DecimalField(max_digits=5, decimal_places=2, null=True, blank=True)
    restated_key = models.CharField(max_length=40, blank=True, default="")

    class Meta:
        ordering = ["line__position"]
        constraints = [
            models.UniqueConstraint(fields=["release", "line"], name="charges_share_unique"),
            models.CheckConstraint(condition=Q(excl_cents__gte=0), name="charges_share_not_negative"),
            _restated_or_not("restated_category", "restated_rate", "charges_share"),
        ]

    def __str__(self) -> str:
        return f"{self.release_id}/{self.line_id}"

    @property
    def is_restated(self) -> bool:
        """Whether its VAT was determined anew at the tax point."""
        return self.restated_rate is not None

    @property
    def vat_category(self) -> str:
        """EN 16931 category of this share."""
        return self.restated_category or self.line.vat_category

    @property
    def vat_rate(self) -> Decimal:
        """VAT rate of this share, in percent."""
        return self.line.vat_rate if self.restated_rate is None else self.restated_rate

    @property
    def exemption_key(self) -> str:
        """Which legal wording explains that this share bears no VAT."""
        return self.line.exemption_key if self.restated_rate is None else self.restated_key


class ChargeReleaseVat(models.Model):
    """VAT of a release in one category at one rate: base times rate, rounded once.

    Where VAT was taken out of a price incl. VAT that stands (`inside_incl`), a cent may lie between them:
    not every amount is a base with its VAT.
    """

    release = models.ForeignKey(ChargeRelease, on_delete=models.PROTECT, related_name="vat_breakdown")
    vat_category = models.CharField(max_length=2)
    vat_rate = models.DecimalField(max_digits=5, decimal_places=2)
    base_cents = models.BigIntegerField()
    vat_cents = models.BigIntegerField()
    inside_incl = models.BooleanField(default=False)

    class Meta:
        ordering = ["-vat_rate", "vat_category"]
        constraints = [
            models.UniqueConstraint(
                fields=["release", "vat_category", "vat_rate"], name="charges_breakdown_unique"
            ),
            models.CheckConstraint(
                condition=Q(base_cents__gte=0, vat_cents__gte=0, vat_rate__gte=0),
                name="charges_breakdown_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(vat_cents=Round(F("base_cents") * F("vat_rate") / 100))
                | Q(
                    inside_incl=True,
                    vat_cents__gte=Round(F("base_cents") * F("vat_rate") / 100) - 1,
                    vat_cents__lte=Round(F("base_cents") * F("vat_rate") / 100) + 1,
                ),
                name="charges_breakdown_vat_is_base_times_rate",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.release_id} {self.vat_category} {self.vat_rate}"
