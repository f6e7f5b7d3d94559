"""Whatever table says something about a person says what they get of it and how it goes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.apps import apps
from django.db import models

from community.accounts.models import User
from community.core import holdings
from community.core.holdings import Holding, Leaves

#: Columns that hold what people can be known by, whatever the table.
TELLING_KINDS = ("EmailField", "GenericIPAddressField", "FileField", "ImageField")
TELLING_NAMES = {
    "actor_id", "aggregate_id", "birthday", "email", "ip", "mailbox", "object_id", "owner", "recipient", "session_data",
    "target_id", "user_agent", "user_id", "username",
}  # fmt: skip


def links_of(model: type[models.Model]) -> Iterator[str]:
    """The columns and relations of a table that can lead to a person; those of the table above it are asked there."""
    for field in [*model._meta.local_fields, *model._meta.local_many_to_many]:
        to_person = field.is_relation and field.related_model is not None and issubclass(field.related_model, User)
        telling = field.get_internal_type() in TELLING_KINDS or field.name in TELLING_NAMES
        if (to_person or telling) and not (field.is_relation and not to_person):
            yield field.name


def all_models() -> list[type[models.Model]]:
    return [model for model in apps.get_models(include_auto_created=True) if not model._meta.proxy]


def test_every_table_that_can_lead_to_a_person_says_what_becomes_of_it():
    known = {holding.model: holding for holding in holdings.registered()}
    missing = []
    for model in all_models():
        links = set(links_of(model))
        holding = known.get(model._meta.label)
        if links and (holding is None or not links <= set(holding.links)):
            missing.append(f"{model._meta.label}: {sorted(links - set(holding.links if holding else ()))}")
    assert not missing, f"Register them in the holdings.py of their app: {missing}"


def test_the_walk_meets_the_tables_of_libraries_too():
    met = {model._meta.label for model in all_models() if set(links_of(model))}
    assert {
        "wagtailcore.Revision", "wagtailcore.PageLogEntry", "wagtailcore.UploadedFile", "wagtailadmin.FormState",
        "account.EmailAddress", "socialaccount.SocialAccount", "mfa.Authenticator", "usersessions.UserSession",
        "admin.LogEntry", "sessions.Session", "core.MailMessage", "core.IdempotencyKey", "accounts.User_groups",
    } <= met  # fmt: skip


@pytest.mark.parametrize("holding", holdings.registered(), ids=lambda holding: holding.model)
def test_a_holding_names_columns_that_there_are(holding):
    names = {field.name for field in apps.get_model(holding.model)._meta.get_fields()}
    assert set(holding.links) <= names
    if holding.goes_with:
        assert holding.goes_with in {each.model for each in holdings.registered() if each.forget}


@pytest.mark.parametrize(
    "values",
    [
        {"leaves": Leaves.KEPT},
        {"leaves": Leaves.DELETED},
        {"leaves": Leaves.KEPT, "because": "So.", "rows": lambda subject: []},
    ],
)
def test_a_holding_without_an_answer_is_refused(values):
    with pytest.raises(ValueError, match="accounts"):
        Holding("accounts.User", ("email",), **values)


def test_two_apps_cannot_answer_for_one_table():
    with pytest.raises(ValueError, match="Two apps"):
        holdings.register(holdings.kept("accounts.User", "last_name", because="So."))
