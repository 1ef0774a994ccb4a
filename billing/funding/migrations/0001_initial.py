"""First tables of the subject."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('parties', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Programme',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.SlugField(db_index=False, max_length=80)),
                ('name', models.CharField(max_length=160)),
                ('name_en', models.CharField(blank=True, max_length=160)),
                ('description', models.TextField()),
                ('description_en', models.TextField(blank=True)),
                ('rate_percent', models.DecimalField(decimal_places=2, max_digits=5)),
                ('cap_cents', models.BigIntegerField()),
                ('min_spend_cents', models.BigIntegerField(default=0)),
                ('currency', models.CharField(default='EUR', max_length=3)),
                ('base', models.CharField(choices=[('excl_vat', 'prix hors taxes'), ('incl_vat', 'prix toutes taxes comprises')], default='excl_vat', max_length=12)),
                ('max_vouchers_per_business', models.IntegerField(default=1)),
                ('stackable', models.BooleanField(default=False)),
                ('reservation_days', models.IntegerField(default=30)),
                ('starts_on', models.DateField()),
                ('ends_on', models.DateField()),
                ('eligibility', models.JSONField(blank=True, default=dict)),
                ('funder', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='programmes', to='parties.party')),
            ],
            options={
                'verbose_name': 'dispositif',
                'verbose_name_plural': 'dispositifs',
                'ordering': ('name', 'id'),
            },
        ),
        migrations.CreateModel(
            name='ProgrammeBudget',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('year', models.IntegerField()),
                ('amount_cents', models.BigIntegerField()),
                ('currency', models.CharField(default='EUR', max_length=3)),
                ('programme', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='budgets', to='funding.programme')),
            ],
            options={
                'verbose_name': 'budget annuel',
                'verbose_name_plural': 'budgets annuels',
                'ordering': ('year',),
            },
        ),
        migrations.AddIndex(
            model_name='programme',
            index=models.Index(fields=['ends_on', 'starts_on'], name='programme_open_idx'),
        ),
        migrations.AddConstraint(
            model_name='programme',
            constraint=models.UniqueConstraint(fields=('slug',), name='programme_slug_unique'),
        ),
        migrations.AddConstraint(
            model_name='programme',
            constraint=models.CheckConstraint(condition=models.Q(('rate_percent__gt', 0), ('rate_percent__lte', 100)), name='programme_rate_range'),
        ),
        migrations.AddConstraint(
            model_name='programme',
            constraint=models.CheckConstraint(condition=models.Q(('cap_cents__gt', 0)), name='programme_cap_positive'),
        ),
        migrations.AddConstraint(
            model_name='programme',
            constraint=models.CheckConstraint(condition=models.Q(('min_spend_cents__gte', 0)), name='programme_min_spend_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='programme',
            constraint=models.CheckConstraint(condition=models.Q(('base__in', ['excl_vat', 'incl_vat'])), name='programme_base_known'),
        ),
        migrations.AddConstraint(
            model_name='programme',
            constraint=models.CheckConstraint(condition=models.Q(('max_vouchers_per_business__gte', 1)), name='programme_vouchers_positive'),
        ),
        migrations.AddConstraint(
            model_name='programme',
            constraint=models.CheckConstraint(condition=models.Q(('reservation_days__gte', 1)), name='programme_reservation_positive'),
        ),
        migrations.AddConstraint(
            model_name='programme',
            constraint=models.CheckConstraint(condition=models.Q(('ends_on__gte', models.F('starts_on'))), name='programme_dates_in_order'),
        ),
        migrations.AddConstraint(
            model_name='programmebudget',
            constraint=models.UniqueConstraint(fields=('programme', 'year'), name='programmebudget_year_unique'),
        ),
        migrations.AddConstraint(
            model_name='programmebudget',
            constraint=models.CheckConstraint(condition=models.Q(('amount_cents__gte', 0)), name='programmebudget_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='programmebudget',
            constraint=models.CheckConstraint(condition=models.Q(('year__gte', 2000), ('year__lte', 2200)), name='programmebudget_year_range'),
        ),
    ]
