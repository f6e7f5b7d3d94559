"""People: accounts, profiles, signing in."""

from django.apps import AppConfig, apps


class AccountsConfig(AppConfig):
    name = "community.accounts"
    label = "accounts"

    def ready(self) -> None:
        from community.accounts import (  # noqa: F401
            adapters,
            holdings,
            identities,
            integrity_checks,
            receivers,
            second_factor,
            services,
            subscribers,
            targets,
            tasks,
        )
        from community.accounts.api import token_reader
        from community.accounts.views import mailed_codes
        from community.core import encryption

        targets.register()
        holdings.register()
        token_reader.register()
        second_factor.install()
        adapters.install()
        identities.install()
        mailed_codes.install()
        encryption.register_rotation("second factors", services.rotate_second_factors)
        # Wagtail's own forms for people would write past the services.
        apps.get_app_config("wagtailusers").user_viewset = "community.accounts.wagtail_hooks.people.PeopleViewSet"  # type: ignore[attr-defined]
