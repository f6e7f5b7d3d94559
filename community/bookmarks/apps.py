"""What people keep for later, in folders only they see; what they share."""

from django.apps import AppConfig


class BookmarksConfig(AppConfig):
    name = "community.bookmarks"
    label = "bookmarks"

    def ready(self) -> None:
        from community.bookmarks import holdings, integrity_checks, selectors, services  # noqa: F401
        from community.core import counts, marks

        holdings.register()
        marks.register("bookmarked", selectors.own_bookmarks)
        counts.register_for_all("bookmarks", selectors.count_bookmarks)
        counts.register_for_all("shares", selectors.count_shares)
        counts.register_rows(services.forget_target)
