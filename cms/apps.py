"""What editors and creators publish: Wagtail pages, snippets, pictures."""

from django.apps import AppConfig


class CmsConfig(AppConfig):
    name = "cms"
    label = "cms"

    def ready(self) -> None:
        from cms import holdings, integrity_checks, receivers, statistics, subscribers, targets, tasks, views  # noqa: F401

        targets.register()
        holdings.register()
        statistics.register()
