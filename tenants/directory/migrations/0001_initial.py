"""Extensions of the database, tenants and their host names."""

import django.db.models.deletion
import django.db.models.functions.text
import django_tenants.postgresql_backend.base
from django.db import migrations, models

import tenants.directory.validation


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        # Named WITH SCHEMA: with a tenant first in the search path it would go there.
        migrations.RunSQL(
            sql=[
                "CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA public",
                "CREATE EXTENSION IF NOT EXISTS unaccent WITH SCHEMA public",
                "CREATE EXTENSION IF NOT EXISTS btree_gist WITH SCHEMA public",
            ],
            reverse_sql=migrations.RunSQL.noop,
        ),
        migrations.CreateModel(
            name='Tenant',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('schema_name', models.CharField(db_index=True, max_length=63, unique=True, validators=[django_tenants.postgresql_backend.base._check_schema_name])),
                ('slug', models.SlugField(max_length=40, unique=True, verbose_name='identifiant')),
                ('name', models.CharField(max_length=120, verbose_name='nom')),
                ('kind', models.CharField(choices=[('region', 'Région'), ('incubator', 'Pépinière d’entreprises')], default='region', max_length=12, verbose_name='type')),
                ('state', models.CharField(choices=[('provisioning', 'En préparation'), ('ready', 'Ouvert'), ('suspended', 'Suspendu'), ('failed', 'Préparation interrompue')], default='provisioning', max_length=14, verbose_name='état')),
                ('failure', models.TextField(blank=True, default='', verbose_name='cause de l’interruption')),
                ('time_zone', models.CharField(default='Europe/Paris', max_length=40, validators=[tenants.directory.validation.validate_time_zone], verbose_name='fuseau horaire')),
                ('language', models.CharField(choices=[('fr', 'Français'), ('en', 'Anglais')], default='fr', max_length=5, verbose_name='langue')),
                ('brand', models.JSONField(blank=True, default=dict, validators=[tenants.directory.validation.validate_brand], verbose_name='couleurs')),
                ('number_code', models.CharField(max_length=4, unique=True, verbose_name='code des numéros')),
                ('is_demo', models.BooleanField(default=False, verbose_name='données fictives')),
                ('sender_name', models.CharField(blank=True, default='', max_length=120, verbose_name='nom d’expéditeur')),
                ('sender_email', models.EmailField(blank=True, default='', max_length=254, verbose_name='adresse d’expéditeur')),
                ('region_code', models.CharField(blank=True, default='', max_length=3, verbose_name='code INSEE de la région')),
                ('departments', models.JSONField(blank=True, default=list, verbose_name='départements')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='créé le')),
            ],
            options={
                'verbose_name': 'espace',
                'verbose_name_plural': 'espaces',
                'ordering': ('name',),
                'constraints': [models.CheckConstraint(condition=models.Q(('number_code__regex', '^[A-Z0-9]{2,4}$')), name='tenant_number_code_form'), models.CheckConstraint(condition=models.Q(('slug__regex', '^[a-z][a-z0-9-]*$')), name='tenant_slug_form'), models.CheckConstraint(condition=models.Q(('schema_name__regex', '^[a-z][a-z0-9_]*$')), name='tenant_schema_name_form'), models.CheckConstraint(condition=models.Q(('state__in', ['provisioning', 'ready', 'suspended', 'failed'])), name='tenant_state_known'), models.CheckConstraint(condition=models.Q(('kind__in', ['region', 'incubator'])), name='tenant_kind_known')],
            },
        ),
        migrations.CreateModel(
            name='Domain',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('domain', models.CharField(db_index=True, max_length=253, unique=True)),
                ('is_primary', models.BooleanField(db_index=True, default=True)),
                ('tenant', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='domains', to='directory.tenant')),
            ],
            options={
                'verbose_name': 'adresse',
                'verbose_name_plural': 'adresses',
                'ordering': ('domain',),
                'constraints': [models.UniqueConstraint(condition=models.Q(('is_primary', True)), fields=('tenant',), name='domain_one_primary_per_tenant'), models.CheckConstraint(condition=models.Q(('domain', django.db.models.functions.text.Lower('domain'))), name='domain_lower_case')],
            },
        ),
    ]
