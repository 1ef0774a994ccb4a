"""The test cards: which number leads to which outcome, and what number may be typed at all."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class CardOutcome:
    """What the pretended bank does with a card; ``name`` is also the key of the words shown."""

    name: str
    number: str
    decline_code: str = ""
    challenge: bool = False
    webhooks: str = "normal"
    times_out: bool = False

    @property
    def spaced(self) -> str:
        """The number in groups of four digits, as printed on a card."""
        return " ".join(self.number[i : i + 4] for i in range(0, len(self.number), 4))


TEST_CARDS: tuple[CardOutcome, ...] = (
    CardOutcome("accepted", "4242424242424242"),
    CardOutcome("declined", "4000000000000002", decline_code="card_declined"),
    CardOutcome("insufficient_funds", "4000000000009995", decline_code="insufficient_funds"),
    CardOutcome("challenge", "4000002760003184", challenge=True),
    CardOutcome("webhook_twice", "4000000000010209", webhooks="duplicate"),
    CardOutcome("webhook_late", "4000000000010308", webhooks="delayed"),
    CardOutcome("webhook_lost", "4000000000010407", webhooks="dropped"),
    CardOutcome("page_times_out", "4000000000010506", times_out=True),
)
BY_NUMBER = {card.number: card for card in TEST_CARDS}


def passes_luhn(number: str) -> bool:
    """ISO/IEC 7812-1 check digit."""
    digits = [int(digit) for digit in reversed(number)]
    doubled = (sum(divmod(2 * digit, 10)) for digit in digits[1::2])
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0
