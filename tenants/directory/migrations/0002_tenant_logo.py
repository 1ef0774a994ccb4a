"""The logo of a tenant."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('directory', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='tenant',
            name='logo_digest',
            field=models.CharField(blank=True, db_default='', default='', max_length=16, verbose_name='empreinte du logo'),
        ),
        migrations.AddConstraint(
            model_name='tenant',
            constraint=models.CheckConstraint(condition=models.Q(('logo_digest__regex', '^([0-9a-f]{16})?$')), name='tenant_logo_digest_form'),
        ),
    ]
