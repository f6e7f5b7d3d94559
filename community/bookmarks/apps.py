"""What people keep for later, in folders only they see; what they share."""

from django.apps import AppConfig


class BookmarksConfig(AppConfig):
    name = "community.bookmarks"
    label = "bookmarks"
