"""The core: mechanisms every app uses and that know none of them."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "community.core"
    label = "core"

    def ready(self) -> None:
        from community.core import integrity_checks, outbox, tasks  # noqa: F401

        outbox.on_recorded(tasks.poke)
