"""Reactions to posts, comments and messages: their kinds, who gave which, how many."""

from django.apps import AppConfig


class ReactionsConfig(AppConfig):
    name = "community.reactions"
    label = "reactions"

    def ready(self) -> None:
        from community.core import counts, marks
        from community.reactions import holdings, integrity_checks, receivers, selectors, services, tasks  # noqa: F401

        holdings.register()
        marks.register("reactions", selectors.own_reactions)
        counts.register_for_all("reactions", selectors.count_reactions)
        counts.register_for_all("reactions_by_type", selectors.count_by_type)
        counts.register_for_all("reactions_weight", selectors.count_weight)
        counts.register_rows(services.forget_target)
