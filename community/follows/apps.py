"""Who follows, mutes and blocks whom and what: nearly everybody asks it."""

from django.apps import AppConfig


class FollowsConfig(AppConfig):
    name = "community.follows"
    label = "follows"
