"""Number refunds borne by the space outside 6581, which is for penalties on contracts since 2025."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import migrations

CODE, OLD, NEW = "658100", "658100", "658000"


def renumber(apps, schema_editor):
    """Only where the tenant has left the number as it was; exports of past days keep the old one."""
    connection = schema_editor.connection
    accounts = apps.get_model("ledger", "Account").objects.using(connection.alias)
    found = accounts.filter(code=CODE, number=OLD).first()
    if found is None or found.changes.exists() or accounts.filter(number=NEW).exists():
        return
    tenants = apps.get_model("directory", "Tenant").objects.using(connection.alias)
    zone = tenants.filter(schema_name=connection.schema_name).values_list("time_zone", flat=True).first()
    accounts.filter(pk=found.pk).update(number=NEW)
    apps.get_model("ledger", "AccountChange").objects.using(connection.alias).create(
        account=found,
        old_number=OLD,
        new_number=NEW,
        old_label=found.label,
        new_label=found.label,
        changed_on=datetime.now(ZoneInfo(zone or "Europe/Paris")).date(),
    )


class Migration(migrations.Migration):
    dependencies = [("ledger", "0006_claim_refused"), ("directory", "0001_initial")]

    operations = [migrations.RunPython(renumber, migrations.RunPython.noop)]
