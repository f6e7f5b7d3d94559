"""Polls in posts: their answers, who chose which, how many did."""

from django.apps import AppConfig


class PollsConfig(AppConfig):
    name = "community.polls"
    label = "polls"

    def ready(self) -> None:
        from community.core import counts
        from community.polls import holdings, integrity_checks, services  # noqa: F401

        holdings.register()
        counts.register_rows(services.forget_target)
