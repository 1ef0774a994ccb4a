"""What people wish for: favourites, and services that nobody offers yet."""

import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('catalogue', '0002_finding'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='FavouriteService',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('service', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='favourites', to='catalogue.service')),
                ('user', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'favori',
                'verbose_name_plural': 'favoris',
                'indexes': [models.Index(fields=['user', '-created_at', '-id'], name='favourite_user_idx')],
                'constraints': [models.UniqueConstraint(fields=('user', 'service'), name='favourite_once')],
            },
        ),
        migrations.CreateModel(
            name='WantedService',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('words', models.CharField(max_length=120)),
                ('folded', models.CharField(max_length=160)),
                ('note', models.CharField(blank=True, max_length=1000)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('settled_at', models.DateTimeField(blank=True, null=True)),
                ('settled_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'besoin sans réponse',
                'verbose_name_plural': 'besoins sans réponse',
                'indexes': [models.Index(models.OrderBy(models.F('settled_at'), descending=True, nulls_first=True), models.OrderBy(models.F('created_at'), descending=True), models.F('id'), name='wanted_list_idx')],
                'constraints': [models.CheckConstraint(condition=models.Q(('words', ''), _negated=True), name='wanted_has_words'), models.UniqueConstraint(condition=models.Q(('settled_at__isnull', True)), fields=('user', 'folded'), name='wanted_once_a_person')],
            },
        ),
    ]
