"""Sign-ins as somebody else, what is asked of staff accounts, and trust levels that staff have set."""

from __future__ import annotations

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0008_leaving")]

    operations = [
        migrations.CreateModel(
            name='Impersonation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.TextField(max_length=1000, verbose_name='reason')),
                ('session_key', models.CharField(blank=True, max_length=40)),
                ('began_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('ends_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
            ],
            options={
                'verbose_name': 'sign-in as somebody else',
                'verbose_name_plural': 'sign-ins as somebody else',
            },
        ),
        migrations.CreateModel(
            name='StaffSafety',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('second_factor', models.BooleanField(default=False, help_text='Moderators, administrators and editors reach nothing but its set-up until they have one. Where the installation asks for it (STAFF_SECOND_FACTOR), it cannot be turned off here.', verbose_name='staff need a second factor')),
            ],
            options={
                'verbose_name': 'staff accounts',
                'verbose_name_plural': 'staff accounts',
            },
        ),
        migrations.AddField(
            model_name='user',
            name='trust_fixed',
            field=models.PositiveSmallIntegerField(blank=True, help_text='It stands above what was reached.', null=True, verbose_name='trust level set by staff'),
        ),
        migrations.AddConstraint(
            model_name='user',
            constraint=models.CheckConstraint(condition=models.Q(('trust_fixed__lte', 4)), name='user_trust_fixed_range'),
        ),
        migrations.AddField(
            model_name='impersonation',
            name='actor',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='impersonations', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='impersonation',
            name='person',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddIndex(
            model_name='impersonation',
            index=models.Index(condition=models.Q(('ended_at__isnull', True)), fields=['ends_at'], name='impersonation_open'),
        ),
        migrations.AddConstraint(
            model_name='impersonation',
            constraint=models.CheckConstraint(condition=models.Q(('actor', models.F('person')), _negated=True), name='impersonation_of_somebody_else'),
        ),
        migrations.AddConstraint(
            model_name='impersonation',
            constraint=models.CheckConstraint(condition=models.Q(('ended_at__isnull', True), ('session_key', ''), _connector='OR'), name='impersonation_over_without_session'),
        ),
    ]
