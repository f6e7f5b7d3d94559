"""Running the site: what administrators see of its machinery, and what they may do to it."""

from django.apps import AppConfig


class OperationsConfig(AppConfig):
    name = "community.operations"
    label = "operations"
