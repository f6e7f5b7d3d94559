"""Who may join, invitations, and which terms people have agreed to."""

from __future__ import annotations

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


def note_agreements(apps, schema_editor):
    """People who have agreed keep what they agreed to last."""
    agreements = apps.get_model("accounts", "TermsAgreement").objects.filter(user=models.OuterRef("pk"))
    latest = agreements.order_by("-agreed_at", "-pk").values("version")[:1]
    people = apps.get_model("accounts", "User").objects.filter(
        models.Exists(apps.get_model("accounts", "TermsAgreement").objects.filter(user=models.OuterRef("pk")))
    )
    people.update(terms_version=models.Subquery(latest))


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0009_staff'),
    ]

    operations = [
        migrations.AddField(
            model_name='termsagreement',
            name='minimum_age',
            field=models.PositiveSmallIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name='user',
            name='terms_version',
            field=models.CharField(blank=True, db_default='', default='', max_length=40),
        ),
        migrations.RunPython(note_agreements, migrations.RunPython.noop),
        migrations.CreateModel(
            name='Invitation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=16, unique=True, verbose_name='code')),
                ('note', models.CharField(blank=True, max_length=200, verbose_name='note')),
                ('most', models.PositiveIntegerField(verbose_name='how many may join')),
                ('taken', models.PositiveIntegerField(default=0)),
                ('expires_at', models.DateTimeField(blank=True, null=True, verbose_name='ends')),
                ('made_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('made_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='InvitationUse',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('used_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('invitation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='uses', to='accounts.invitation')),
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='invitation_use', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='JoiningRule',
            fields=[
                ('id', models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ('mode', models.CharField(choices=[('open', 'everybody'), ('invited', 'whoever has an invitation'), ('closed', 'nobody')], default='open', max_length=12, verbose_name='who may join')),
                ('changed_at', models.DateTimeField(auto_now=True)),
                ('changed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.AddIndex(
            model_name='invitation',
            index=models.Index(fields=['-made_at', '-id'], name='invitation_made'),
        ),
        migrations.AddConstraint(
            model_name='invitation',
            constraint=models.CheckConstraint(condition=models.Q(('most__gte', 1), ('taken__lte', models.F('most'))), name='invitation_within_limit'),
        ),
        migrations.AddConstraint(
            model_name='joiningrule',
            constraint=models.CheckConstraint(condition=models.Q(('id', 1)), name='joining_rule_once'),
        ),
        migrations.AddConstraint(
            model_name='joiningrule',
            constraint=models.CheckConstraint(condition=models.Q(('mode__in', ['open', 'invited', 'closed'])), name='joining_mode_known'),
        ),
    ]
