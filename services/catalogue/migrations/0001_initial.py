"""First tables of the subject."""

import uuid

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('parties', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Category',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.SlugField(db_index=False, max_length=80)),
                ('name', models.CharField(max_length=120)),
                ('name_en', models.CharField(blank=True, max_length=120)),
                ('position', models.IntegerField(default=0)),
                ('icon', models.CharField(blank=True, max_length=40)),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='catalogue.category')),
            ],
            options={
                'verbose_name': 'rubrique',
                'verbose_name_plural': 'rubriques',
                'ordering': ('position', 'id'),
            },
        ),
        migrations.CreateModel(
            name='ProviderProfile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.SlugField(db_index=False, max_length=80)),
                ('about', models.TextField(blank=True)),
                ('about_en', models.TextField(blank=True)),
                ('working_radius_km', models.IntegerField(blank=True, null=True)),
                ('party', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='provider_profile', to='parties.party')),
            ],
            options={
                'verbose_name': 'page de prestataire',
                'verbose_name_plural': 'pages de prestataires',
            },
        ),
        migrations.CreateModel(
            name='Service',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('slug', models.SlugField(db_index=False, max_length=160)),
                ('blueprint_slug', models.SlugField(blank=True, db_index=False, max_length=80)),
                ('name', models.CharField(max_length=160)),
                ('name_en', models.CharField(blank=True, max_length=160)),
                ('summary', models.CharField(max_length=240)),
                ('summary_en', models.CharField(blank=True, max_length=240)),
                ('description', models.TextField()),
                ('description_en', models.TextField(blank=True)),
                ('price_kind', models.CharField(choices=[('fixed', 'Forfait'), ('unit', 'À l’unité'), ('quote', 'Sur devis'), ('subscription', 'Abonnement')], max_length=16)),
                ('unit', models.CharField(max_length=60)),
                ('unit_price', models.DecimalField(blank=True, decimal_places=4, max_digits=12, null=True)),
                ('indicative_min_cents', models.BigIntegerField(blank=True, null=True)),
                ('indicative_max_cents', models.BigIntegerField(blank=True, null=True)),
                ('vat_kind', models.CharField(choices=[('standard', 'Taux normal'), ('intermediate', 'Taux intermédiaire'), ('reduced', 'Taux réduit'), ('super_reduced', 'Taux particulier'), ('exempt', 'Exonéré'), ('outside_scope', 'Débours, hors TVA')], default='standard', max_length=16)),
                ('vat_exemption_reason', models.CharField(blank=True, max_length=240)),
                ('lead_time_days', models.IntegerField()),
                ('rounds_of_changes', models.IntegerField(default=0)),
                ('deliverables', models.JSONField(blank=True, default=list)),
                ('cancellation_terms', models.TextField()),
                ('departments', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=3), blank=True, default=list, size=None)),
                ('state', models.CharField(choices=[('draft', 'Brouillon'), ('review', 'À vérifier'), ('published', 'Publié'), ('paused', 'Suspendu'), ('archived', 'Archivé')], default='draft', max_length=16)),
                ('sort_key', models.CharField(max_length=160)),
                ('search_text', models.TextField(blank=True)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('published_at', models.DateTimeField(blank=True, null=True)),
                ('category', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='services', to='catalogue.category')),
                ('provider', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='services', to='parties.party')),
            ],
            options={
                'verbose_name': 'service',
                'verbose_name_plural': 'services',
            },
        ),
        migrations.CreateModel(
            name='IntakeForm',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.IntegerField(default=1)),
                ('fields', models.JSONField(blank=True, default=list)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('service', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='intake_forms', to='catalogue.service')),
            ],
            options={
                'verbose_name': 'questionnaire',
                'verbose_name_plural': 'questionnaires',
                'ordering': ('-version',),
            },
        ),
        migrations.CreateModel(
            name='ServiceLogEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(auto_now_add=True)),
                ('transition', models.CharField(max_length=24)),
                ('from_state', models.CharField(max_length=16)),
                ('to_state', models.CharField(max_length=16)),
                ('note', models.TextField(blank=True)),
                ('actor', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('service', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='log', to='catalogue.service')),
            ],
            options={
                'verbose_name': 'changement d’état d’un service',
                'verbose_name_plural': 'changements d’état des services',
                'ordering': ('-at', '-id'),
            },
        ),
        migrations.CreateModel(
            name='ServiceMilestone',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.IntegerField()),
                ('label', models.CharField(max_length=160)),
                ('label_en', models.CharField(blank=True, max_length=160)),
                ('share_percent', models.IntegerField()),
                ('service', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='milestones', to='catalogue.service')),
            ],
            options={
                'verbose_name': 'étape',
                'verbose_name_plural': 'étapes',
                'ordering': ('position',),
            },
        ),
        migrations.CreateModel(
            name='ServiceOption',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.SlugField(db_index=False, max_length=40)),
                ('position', models.IntegerField(default=0)),
                ('label', models.CharField(max_length=160)),
                ('label_en', models.CharField(blank=True, max_length=160)),
                ('unit_price', models.DecimalField(decimal_places=4, max_digits=12)),
                ('per_unit', models.BooleanField(default=False)),
                ('vat_kind', models.CharField(choices=[('standard', 'Taux normal'), ('intermediate', 'Taux intermédiaire'), ('reduced', 'Taux réduit'), ('super_reduced', 'Taux particulier'), ('exempt', 'Exonéré'), ('outside_scope', 'Débours, hors TVA')], default='standard', max_length=16)),
                ('vat_exemption_reason', models.CharField(blank=True, max_length=240)),
                ('service', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='options', to='catalogue.service')),
            ],
            options={
                'verbose_name': 'option',
                'verbose_name_plural': 'options',
                'ordering': ('position', 'id'),
            },
        ),
        migrations.AddConstraint(
            model_name='category',
            constraint=models.UniqueConstraint(fields=('slug',), name='category_slug_unique'),
        ),
        migrations.AddConstraint(
            model_name='category',
            constraint=models.CheckConstraint(condition=models.Q(('parent__isnull', True), models.Q(('parent', models.F('id')), _negated=True), _connector='OR'), name='category_not_own_parent'),
        ),
        migrations.AddConstraint(
            model_name='providerprofile',
            constraint=models.UniqueConstraint(fields=('slug',), name='providerprofile_slug_unique'),
        ),
        migrations.AddConstraint(
            model_name='providerprofile',
            constraint=models.CheckConstraint(condition=models.Q(('working_radius_km__isnull', True), ('working_radius_km__gt', 0), _connector='OR'), name='providerprofile_radius_positive'),
        ),
        migrations.AddIndex(
            model_name='service',
            index=models.Index(fields=['category', 'sort_key', 'id'], name='service_category_idx'),
        ),
        migrations.AddIndex(
            model_name='service',
            index=models.Index(condition=models.Q(('state', 'published')), fields=['sort_key', 'id'], name='service_published_name_idx'),
        ),
        migrations.AddIndex(
            model_name='service',
            index=models.Index(fields=['provider', 'state', 'sort_key'], name='service_provider_idx'),
        ),
        migrations.AddIndex(
            model_name='service',
            index=models.Index(fields=['state', 'updated_at'], name='service_state_idx'),
        ),
        migrations.AddIndex(
            model_name='service',
            index=django.contrib.postgres.indexes.GinIndex(fields=['departments'], name='service_departments_idx'),
        ),
        migrations.AddIndex(
            model_name='service',
            index=django.contrib.postgres.indexes.GinIndex(django.contrib.postgres.indexes.OpClass('search_text', name='gin_trgm_ops'), name='service_search_idx'),
        ),
        migrations.AddConstraint(
            model_name='service',
            constraint=models.UniqueConstraint(fields=('slug',), name='service_slug_unique'),
        ),
        migrations.AddConstraint(
            model_name='service',
            constraint=models.CheckConstraint(condition=models.Q(('price_kind__in', ['fixed', 'unit', 'quote', 'subscription'])), name='service_price_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='service',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['draft', 'review', 'published', 'paused', 'archived'])), name='service_state_known'),
        ),
        migrations.AddConstraint(
            model_name='service',
            constraint=models.CheckConstraint(condition=models.Q(('vat_kind__in', ['standard', 'intermediate', 'reduced', 'super_reduced', 'exempt', 'outside_scope'])), name='service_vat_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='service',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('price_kind', 'quote'), ('unit_price__isnull', True)), models.Q(models.Q(('price_kind', 'quote'), _negated=True), ('unit_price__gt', 0), ('unit_price__isnull', False)), _connector='OR'), name='service_price_fits_kind'),
        ),
        migrations.AddConstraint(
            model_name='service',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('indicative_max_cents__isnull', True), ('indicative_min_cents__isnull', True)), models.Q(('indicative_max_cents__gte', models.F('indicative_min_cents')), ('indicative_max_cents__isnull', False), ('indicative_min_cents__gt', 0), ('indicative_min_cents__isnull', False)), _connector='OR'), name='service_indicative_range'),
        ),
        migrations.AddConstraint(
            model_name='service',
            constraint=models.CheckConstraint(condition=models.Q(('lead_time_days__gt', 0)), name='service_lead_time_positive'),
        ),
        migrations.AddConstraint(
            model_name='service',
            constraint=models.CheckConstraint(condition=models.Q(('rounds_of_changes__gte', 0)), name='service_rounds_not_negative'),
        ),
        migrations.AddConstraint(
            model_name='service',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('vat_kind__in', ['exempt', 'outside_scope']), _negated=True), models.Q(('vat_exemption_reason', ''), _negated=True), _connector='OR'), name='service_exemption_has_reason'),
        ),
        migrations.AddConstraint(
            model_name='intakeform',
            constraint=models.UniqueConstraint(fields=('service', 'version'), name='intakeform_version_unique'),
        ),
        migrations.AddConstraint(
            model_name='intakeform',
            constraint=models.CheckConstraint(condition=models.Q(('version__gte', 1)), name='intakeform_version_positive'),
        ),
        migrations.AddIndex(
            model_name='servicelogentry',
            index=models.Index(fields=['service', '-at'], name='servicelog_service_idx'),
        ),
        migrations.AddConstraint(
            model_name='servicemilestone',
            constraint=models.UniqueConstraint(fields=('service', 'position'), name='servicemilestone_position_unique'),
        ),
        migrations.AddConstraint(
            model_name='servicemilestone',
            constraint=models.CheckConstraint(condition=models.Q(('share_percent__gte', 1), ('share_percent__lte', 100)), name='servicemilestone_share_range'),
        ),
        migrations.AddConstraint(
            model_name='serviceoption',
            constraint=models.UniqueConstraint(fields=('service', 'key'), name='serviceoption_key_unique'),
        ),
        migrations.AddConstraint(
            model_name='serviceoption',
            constraint=models.CheckConstraint(condition=models.Q(('unit_price__gt', 0)), name='serviceoption_price_positive'),
        ),
        migrations.AddConstraint(
            model_name='serviceoption',
            constraint=models.CheckConstraint(condition=models.Q(('vat_kind__in', ['standard', 'intermediate', 'reduced', 'super_reduced', 'exempt', 'outside_scope'])), name='serviceoption_vat_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='serviceoption',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('vat_kind__in', ['exempt', 'outside_scope']), _negated=True), models.Q(('vat_exemption_reason', ''), _negated=True), _connector='OR'), name='serviceoption_exemption_has_reason'),
        ),
    ]
