"""The audit log, and the triggers that keep it."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models

#: Nobody changes an entry. Old ones, and details, go when the transaction says so (community/core/audit.py).
KEEP = """
CREATE FUNCTION audit_keep() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  allowed text := coalesce(current_setting('sparkle.audit_forget', true), '');
BEGIN
  IF TG_OP = 'DELETE' AND TG_TABLE_NAME = 'audit_detail' AND allowed IN ('details', 'entries') THEN
    RETURN OLD;
  END IF;
  IF TG_OP = 'DELETE' AND TG_TABLE_NAME = 'audit_entry' AND allowed = 'entries' THEN
    IF OLD.occurred_at < now() - interval '730 days' THEN
      RETURN OLD;
    END IF;
  END IF;
  RAISE EXCEPTION 'The audit log is never changed.' USING ERRCODE = 'integrity_constraint_violation';
END;
$$;
CREATE TRIGGER audit_entry_keep BEFORE UPDATE OR DELETE ON audit_entry
  FOR EACH ROW EXECUTE FUNCTION audit_keep();
CREATE TRIGGER audit_detail_keep BEFORE UPDATE OR DELETE ON audit_detail
  FOR EACH ROW EXECUTE FUNCTION audit_keep();
"""
LET_GO = """
DROP TRIGGER audit_detail_keep ON audit_detail;
DROP TRIGGER audit_entry_keep ON audit_entry;
DROP FUNCTION audit_keep();
"""


class Migration(migrations.Migration):
    dependencies = [("core", "0005_mail")]

    operations = [
        migrations.CreateModel(
            name='AuditEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('occurred_at', models.DateTimeField()),
                ('act', models.CharField(max_length=60)),
                ('actor_id', models.BigIntegerField(help_text='Nobody where the site did it by itself.', null=True)),
                ('target_kind', models.CharField(blank=True, max_length=40)),
                ('target_id', models.BigIntegerField(null=True)),
                ('request_id', models.CharField(blank=True, max_length=64)),
                ('digest', models.CharField(max_length=64)),
                ('previous', models.CharField(max_length=64)),
                ('chained', models.CharField(max_length=64)),
            ],
            options={
                'db_table': 'audit_entry',
            },
        ),
        migrations.CreateModel(
            name='AuditDetail',
            fields=[
                ('entry', models.OneToOneField(on_delete=django.db.models.deletion.DO_NOTHING, primary_key=True, related_name='detail', serialize=False, to='core.auditentry')),
                ('address', models.CharField(blank=True, max_length=45)),
                ('user_agent', models.CharField(blank=True, max_length=500)),
                ('reason', models.TextField(blank=True)),
                ('before', models.JSONField(default=dict)),
                ('after', models.JSONField(default=dict)),
                ('salt', models.CharField(help_text='So that nobody guesses from the digest what has gone.', max_length=32)),
            ],
            options={
                'db_table': 'audit_detail',
            },
        ),
        migrations.AddIndex(
            model_name='auditentry',
            index=models.Index(fields=['target_kind', 'target_id', '-id'], name='audit_entry_target'),
        ),
        migrations.AddIndex(
            model_name='auditentry',
            index=models.Index(fields=['actor_id', '-id'], name='audit_entry_actor'),
        ),
        migrations.AddIndex(
            model_name='auditentry',
            index=models.Index(fields=['occurred_at'], name='audit_entry_age'),
        ),
        migrations.RunSQL(KEEP, LET_GO),
    ]
