"""What the admin changes by itself, without a service of ours: settings of the site and rights of groups, audited."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Group, Permission
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from community.accounts.models import User
from community.core import audit

SETTING_CHANGED = audit.declare("site.setting_changed", _("setting of the site changed"))
GROUP_CHANGED = audit.declare("group.changed", _("rights of a group changed"))


def stored_values(*, thing: models.Model) -> dict[str, str]:
    """The fields of `thing` as they are stored, as texts; nothing of what is not stored yet."""
    before = type(thing)._default_manager.filter(pk=thing.pk).first() if thing.pk else None
    return _values(before) if before is not None else {}


def _values(thing: models.Model) -> dict[str, str]:
    return {field.name: str(field.value_to_string(thing)) for field in thing._meta.concrete_fields}


@transaction.atomic
def note_setting(*, thing: models.Model, before: dict[str, str]) -> None:
    """Enters what was changed of a setting, by whoever sends the request; what stayed is left out."""
    after = _values(thing)
    changed = sorted(name for name in after if name != "id" and before.get(name) != after[name])
    if changed:
        audit.record(
            actor=_who(),
            act=SETTING_CHANGED,
            target_kind=thing._meta.label_lower,
            target_id=thing.pk,
            before={name: before[name] for name in changed if name in before},
            after={name: after[name] for name in changed},
        )


@transaction.atomic
def note_group(*, group: Group, added: list[str] | None = None, removed: list[str] | None = None) -> None:
    """Enters which rights a group got or lost, by whoever sends the request."""
    audit.record(
        actor=_who(),
        act=GROUP_CHANGED,
        target_kind="group",
        target_id=group.pk,
        before={"name": group.name, "removed": sorted(removed or [])},
        after={"name": group.name, "added": sorted(added or [])},
    )


def names_of_rights(*, ids: Any) -> list[str]:
    """`app.codename` of each of these rights."""
    rows = Permission.objects.filter(pk__in=ids).values_list("content_type__app_label", "codename")
    return [f"{app}.{codename}" for app, codename in rows]


def _who() -> User | None:
    found = audit.origin()
    return User(pk=found.actor_id) if found is not None and found.actor_id is not None else None
