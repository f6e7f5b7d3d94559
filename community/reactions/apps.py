"""Reactions to posts, comments and messages: their kinds, who gave which, how many."""

from django.apps import AppConfig


class ReactionsConfig(AppConfig):
    name = "community.reactions"
    label = "reactions"
