"""Videos of YouTube: their titles and pictures, kept here so that readers ask YouTube for nothing."""

from django.apps import AppConfig


class YoutubeConfig(AppConfig):
    name = "community.youtube"
    label = "youtube"

    def ready(self) -> None:
        from community.youtube import integrity_checks, tasks  # noqa: F401
