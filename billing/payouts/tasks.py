"""Work of payouts after commit; both call the gateway, so they bring their own transactions."""

from billing.payouts import sending
from billing.payouts.operations import open_payout_account
from kernel.outbox import outbox_task
from tenants.parties.models import Party


@outbox_task("payouts.send_leg", queue="money", own_transactions=True)
def send_leg(leg_id: int) -> None:
    """Send one leg of a payout; an unknown outcome raises and is looked up at the next run."""
    sending.send_leg(leg_id=leg_id)


@outbox_task("payouts.open_account", queue="money", own_transactions=True)
def open_account(party_id: int) -> None:
    """Open the payout account of a seller, once."""
    open_payout_account(party=Party.objects.get(pk=party_id))
