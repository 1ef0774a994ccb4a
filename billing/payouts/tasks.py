"""Work of payouts after commit; most call the gateway, so they bring their own transactions."""

from billing.payouts import holds, reversals, sending, statements
from billing.payouts.models import Statement
from billing.payouts.operations import open_payout_account
from kernel.outbox import outbox_task
from tenants.parties.models import Party


@outbox_task("payouts.send_leg", queue="money", own_transactions=True)
def send_leg(leg_id: int) -> None:
    """Send one leg of a payout; an unknown outcome raises and is looked up at the next run."""
    sending.send_leg(leg_id=leg_id)


@outbox_task("payouts.end_hold", queue="money")
def end_hold(payout_id: int) -> None:
    """Let a payout go when its payment's method keeps it back no longer."""
    holds.end_hold(payout_id=payout_id)


@outbox_task("payouts.end_dispute_holds", queue="money")
def end_dispute_holds(charge_id: int) -> None:
    """Let what a dispute kept back go, when none stands any more."""
    holds.end_dispute_holds(charge_id=charge_id)


@outbox_task("payouts.send_reversal", queue="money", own_transactions=True)
def send_reversal(reversal_id: int) -> None:
    """Take a sent transfer back; an unknown outcome raises and is looked up at the next run."""
    reversals.send_reversal(reversal_id=reversal_id)


@outbox_task("payouts.render_statement", queue="documents", own_transactions=True)
def render_statement(statement_id: int) -> None:
    """Render the PDF of a statement and store it, once."""
    statement = Statement.objects.get(pk=statement_id)
    if statement.pdf is not None:
        return
    # WeasyPrint is loaded in the documents worker only.
    from billing.payouts import statement_rendering

    pdf = statement_rendering.render_pdf(statement.snapshot, sha256=statement.sha256)
    statements.store_pdf(statement_id=statement.pk, pdf=pdf)


@outbox_task("payouts.open_account", queue="money", own_transactions=True)
def open_account(party_id: int) -> None:
    """Open the payout account of a seller, once."""
    open_payout_account(party=Party.objects.get(pk=party_id))
