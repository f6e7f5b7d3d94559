"""What people say below posts: threads, replies, mentions, times of a video."""

from django.apps import AppConfig


class CommentsConfig(AppConfig):
    name = "community.comments"
    label = "comments"

    def ready(self) -> None:
        from community.comments import holdings, integrity_checks, subscribers, targets, tasks  # noqa: F401

        targets.register()
        holdings.register()
