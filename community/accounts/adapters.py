"""What allauth asks of us by dotted path."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from django.http import HttpRequest

from community.accounts import rules, selectors
from community.accounts.models import User
from community.core.addresses import client_address


class AccountAdapter(DefaultAccountAdapter):
    """Our answers to allauth: the client's address, generated names."""

    def get_client_ip(self, request: HttpRequest) -> str:
        """The one address function of the site."""
        return client_address(request)

    def populate_username(self, request: HttpRequest, user: Any) -> None:
        """A name nobody chose is made from the address; a chosen one stays as it is."""
        if user.username:
            return
        for _attempt in range(5):
            user.username = rules.generated_username(user.email)
            if selectors.is_username_free(user.username):
                return


class PeopleBackend(AuthenticationBackend):
    """allauth's back end; the person of a session comes with the profile that every page shows."""

    def get_user(self, user_id: Any) -> User | None:
        """The person, unless the account is closed; one query."""
        user = User.objects.select_related("profile").filter(pk=user_id).first()
        return user if user is not None and self.user_can_authenticate(user) else None

    def _authenticate(self, request: HttpRequest | None, **credentials: Any) -> User | None:
        """By address or by name, never both: each try hashes once, whether or not there is such an account.

        allauth's form sends an address as both; a user name cannot hold an @.
        """
        login = credentials.get("email") or credentials.get("username") or ""
        by = self._authenticate_by_email if "@" in login else self._authenticate_by_username
        return by(login, credentials.get("password") or "")
