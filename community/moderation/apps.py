"""Reports of people, and what moderators make of them."""

from django.apps import AppConfig


class ModerationConfig(AppConfig):
    name = "community.moderation"
    label = "moderation"

    def ready(self) -> None:
        from community.moderation import holdings, integrity_checks  # noqa: F401

        holdings.register()
