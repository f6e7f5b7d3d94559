"""Reports of what should not be there, and what staff does about it."""

from django.apps import AppConfig


class ModerationConfig(AppConfig):
    name = "community.moderation"
    label = "moderation"
