"""Questions with choices in posts, and who chose what."""

from django.apps import AppConfig


class PollsConfig(AppConfig):
    name = "community.polls"
    label = "polls"
