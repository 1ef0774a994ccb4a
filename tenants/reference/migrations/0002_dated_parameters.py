"""Dated parameters of the law."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('reference', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='DatedParameter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=80)),
                ('valid_from', models.DateField()),
                ('value', models.JSONField(null=True)),
                ('reference', models.CharField(blank=True, default='', max_length=200)),
            ],
            options={
                'ordering': ('key', 'valid_from'),
                'constraints': [models.UniqueConstraint(fields=('key', 'valid_from'), name='dated_parameter_once_a_date')],
            },
        ),
    ]
