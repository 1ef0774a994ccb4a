"""How many letters two words differ by: searches put slips right with it."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [("directory", "0002_tenant_logo")]

    operations = [
        migrations.RunSQL(
            sql="CREATE EXTENSION IF NOT EXISTS fuzzystrmatch WITH SCHEMA public",
            reverse_sql=migrations.RunSQL.noop,
        ),
    ]
