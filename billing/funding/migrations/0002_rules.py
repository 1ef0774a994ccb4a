"""Rule revisions with their examples, answers of businesses, and the terms of programmes that were missing."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('funding', '0001_initial'),
        ('parties', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='FactAnswer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=80)),
                ('value', models.JSONField()),
                ('answered_at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                'verbose_name': 'réponse',
                'verbose_name_plural': 'réponses',
                'ordering': ('party', 'key', 'answered_at'),
            },
        ),
        migrations.CreateModel(
            name='RuleExample',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.IntegerField()),
                ('name', models.CharField(max_length=120)),
                ('facts', models.JSONField()),
                ('judged_on', models.DateField()),
                ('expected', models.CharField(choices=[('yes', 'yes'), ('no', 'no'), ('needs_facts', 'needs_facts'), ('needs_person', 'needs_person')], max_length=12)),
            ],
            options={
                'verbose_name': 'exemple',
                'verbose_name_plural': 'exemples',
                'ordering': ('revision', 'position', 'id'),
            },
        ),
        migrations.CreateModel(
            name='RuleRevision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.IntegerField()),
                ('state', models.CharField(choices=[('draft', 'Brouillon'), ('published', 'Publiée')], default='draft', max_length=10)),
                ('document', models.JSONField()),
                ('document_sha256', models.CharField(max_length=64)),
                ('valid_from', models.DateField()),
                ('review_by', models.DateField(blank=True, null=True)),
                ('note', models.CharField(blank=True, default='', max_length=300)),
                ('changed_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('published_at', models.DateTimeField(null=True)),
            ],
            options={
                'verbose_name': 'révision de règle',
                'verbose_name_plural': 'révisions de règle',
                'ordering': ('programme', '-number'),
            },
        ),
        migrations.AddField(
            model_name='programme',
            name='cap_business_cents',
            field=models.BigIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='programme',
            name='cap_year_cents',
            field=models.BigIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='programme',
            name='decision',
            field=models.CharField(choices=[('first_come', 'premier arrivé, premier servi'), ('reviewed', 'après examen du dossier')], default='first_come', max_length=12),
        ),
        migrations.AddField(
            model_name='programme',
            name='is_de_minimis',
            field=models.BooleanField(default=True),
        ),
        migrations.AddField(
            model_name='programme',
            name='stacking_order',
            field=models.IntegerField(default=100),
        ),
        migrations.AddConstraint(
            model_name='programme',
            constraint=models.CheckConstraint(condition=models.Q(('decision__in', ['first_come', 'reviewed'])), name='programme_decision_known'),
        ),
        migrations.AddConstraint(
            model_name='programme',
            constraint=models.CheckConstraint(condition=models.Q(('cap_business_cents', None), ('cap_business_cents__gt', 0), _connector='OR'), name='programme_cap_business_positive'),
        ),
        migrations.AddConstraint(
            model_name='programme',
            constraint=models.CheckConstraint(condition=models.Q(('cap_year_cents', None), ('cap_year_cents__gt', 0), _connector='OR'), name='programme_cap_year_positive'),
        ),
        migrations.AddField(
            model_name='factanswer',
            name='answered_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='factanswer',
            name='party',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='fact_answers', to='parties.party'),
        ),
        migrations.AddField(
            model_name='rulerevision',
            name='author',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='rulerevision',
            name='programme',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='revisions', to='funding.programme'),
        ),
        migrations.AddField(
            model_name='rulerevision',
            name='published_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='ruleexample',
            name='revision',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='examples', to='funding.rulerevision'),
        ),
        migrations.AddIndex(
            model_name='factanswer',
            index=models.Index(fields=['party', 'key', '-answered_at'], name='factanswer_latest_idx'),
        ),
        migrations.AddConstraint(
            model_name='rulerevision',
            constraint=models.UniqueConstraint(fields=('programme', 'number'), name='rulerevision_number_unique'),
        ),
        migrations.AddConstraint(
            model_name='rulerevision',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'draft')), fields=('programme',), name='rulerevision_one_draft'),
        ),
        migrations.AddConstraint(
            model_name='rulerevision',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'published')), fields=('programme', 'valid_from'), name='rulerevision_one_a_day'),
        ),
        migrations.AddConstraint(
            model_name='rulerevision',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['draft', 'published'])), name='rulerevision_state_known'),
        ),
        migrations.AddConstraint(
            model_name='rulerevision',
            constraint=models.CheckConstraint(condition=models.Q(('state', 'draft'), ('published_at__isnull', False), _connector='XOR'), name='rulerevision_published_at'),
        ),
        migrations.AddConstraint(
            model_name='rulerevision',
            constraint=models.CheckConstraint(condition=models.Q(('number__gte', 1)), name='rulerevision_number_positive'),
        ),
        migrations.AddConstraint(
            model_name='ruleexample',
            constraint=models.UniqueConstraint(fields=('revision', 'position'), name='ruleexample_position_unique'),
        ),
        migrations.AddConstraint(
            model_name='ruleexample',
            constraint=models.CheckConstraint(condition=models.Q(('expected__in', ['yes', 'no', 'needs_facts', 'needs_person'])), name='ruleexample_expected_known'),
        ),
    ]
