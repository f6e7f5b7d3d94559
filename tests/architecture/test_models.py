"""Tables point downwards like imports do, and every app has its place in the list."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models
from django.test.utils import isolate_apps

from tests.architecture.layers import PROJECT, Layers


def relations_upwards(checked: Iterable[type[models.Model]]) -> list[str]:
    """Relations from one of our apps to a higher one; other packages' tables may be pointed to by all."""
    ranks = Layers.read().app_ranks()
    found = []
    for model in checked:
        own = ranks.get(model._meta.app_label)
        for field in model._meta.get_fields(include_parents=False):
            if own is None or field.auto_created or field.remote_field is None:
                continue
            target = field.related_model
            label = target._meta.app_label if isinstance(target, type) else str(target).split(".")[0]
            if ranks.get(label, -1) > own or (label != model._meta.app_label and ranks.get(label) == own):
                found.append(f"{model._meta.label}.{field.name} points up to {label}")
    return found


def test_every_relation_points_down_the_list() -> None:
    assert relations_upwards(apps.get_models()) == []


@isolate_apps("community.accounts", "cms")
@pytest.mark.parametrize("kind", [models.ForeignKey, models.OneToOneField, models.ManyToManyField])
def test_a_planted_relation_upwards_is_found(kind: type) -> None:
    extra = {} if kind is models.ManyToManyField else {"on_delete": models.CASCADE}

    class Planted(models.Model):
        favourite = kind("cms.PostPage", related_name="+", **extra)

        class Meta:
            app_label = "accounts"

    assert relations_upwards([Planted]) == ["accounts.Planted.favourite points up to cms"]


@isolate_apps("community.accounts", "cms")
def test_a_relation_downwards_is_left_alone() -> None:
    class Planted(models.Model):
        person = models.ForeignKey("accounts.User", models.CASCADE, related_name="+")

        class Meta:
            app_label = "cms"

    assert relations_upwards([Planted]) == []


def apps_without_place(installed: Iterable[str]) -> list[str]:
    """Installed apps of ours that the list does not name."""
    known = {f"community.{name}" for names in Layers.read().apps for name in names} | {"cms"}
    return [name for name in installed if (PROJECT / name.split(".")[0]).is_dir() and name not in known]


def test_every_app_of_ours_has_its_place() -> None:
    assert apps_without_place(settings.INSTALLED_APPS) == []


def test_a_planted_app_without_place_is_found() -> None:
    assert apps_without_place(["community.accounts", "community.strange", "wagtail"]) == ["community.strange"]


def test_labels_are_the_names_of_the_list() -> None:
    ours = [config for config in apps.get_app_configs() if (PROJECT / config.name.split(".")[0]).is_dir()]
    assert {config.label for config in ours} == {config.name.rpartition(".")[2] for config in ours}
    assert all(config.label in Layers.read().app_ranks() for config in ours)
