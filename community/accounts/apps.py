"""People: accounts, profiles, signing in."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "community.accounts"
    label = "accounts"

    def ready(self) -> None:
        from community.accounts import integrity_checks, receivers, targets  # noqa: F401

        targets.register()
