"""Who follows, mutes and blocks whom and what: nearly everybody asks it."""

from django.apps import AppConfig


class FollowsConfig(AppConfig):
    name = "community.follows"
    label = "follows"

    def ready(self) -> None:
        from community.core import marks, sight
        from community.follows import holdings, integrity_checks, receivers, selectors, statistics, subscribers  # noqa: F401

        holdings.register()
        statistics.register()
        sight.register(selectors.SIGHT)
        marks.register("follow", selectors.follow_marks)
