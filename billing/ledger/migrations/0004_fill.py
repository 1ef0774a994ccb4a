"""Fill what existing books lack: the new accounts of the chart, and the running balances of all postings."""

from django.db import migrations
from django.utils import translation

FILL_BALANCES = """
INSERT INTO ledger_runningbalance (account_id, party_id, currency, amount_cents)
SELECT account_id, NULL, currency, sum(amount_cents) FROM ledger_posting GROUP BY account_id, currency
UNION ALL
SELECT account_id, party_id, currency, sum(amount_cents) FROM ledger_posting
WHERE party_id IS NOT NULL GROUP BY account_id, party_id, currency
"""


def add_accounts(apps, schema_editor):
    """Books that have a chart get its new accounts; a schema that is being made gets its seeds later."""
    from billing.ledger.accounts import CHART

    accounts = apps.get_model("ledger", "Account").objects.using(schema_editor.connection.alias)
    if not accounts.exists():
        return
    known = set(accounts.values_list("code", flat=True))
    with translation.override("fr"):
        for seed in CHART:
            if seed.code not in known:
                accounts.create(
                    code=str(seed.code),
                    number=str(seed.code),
                    label=str(seed.code.label),
                    kind=str(seed.kind),
                    by_party=seed.by_party,
                )


class Migration(migrations.Migration):
    dependencies = [("ledger", "0003_balances_and_chart")]

    operations = [
        migrations.RunPython(add_accounts, migrations.RunPython.noop),
        migrations.RunSQL(FILL_BALANCES, "DELETE FROM ledger_runningbalance"),
    ]
