"""`manage.py bootstrap --email you@example.org`: makes a new installation usable."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email

from cms import services
from community.accounts.choices import Role
from community.accounts.selectors import find_by_email
from community.accounts.services import create_user, one_time_password_link
from community.core.errors import DomainError


class Command(BaseCommand):
    help = "Makes site, home page and the first administrator, with a one-time link to choose a password."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--email", required=True, help="address of the first administrator")
        parser.add_argument("--username", default="", help="user name of the first administrator")
        parser.add_argument("--site-name", default=settings.WAGTAIL_SITE_NAME)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            validate_email(options["email"])
        except ValidationError as error:
            raise CommandError(f"{options['email']} is not an e-mail address.") from error
        parts = urlsplit(settings.PUBLIC_URL)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        services.ensure_site_structure(
            site_name=options["site_name"], hostname=parts.hostname or "localhost", port=port
        )
        user = find_by_email(options["email"])
        if user is None:
            try:
                user = create_user(
                    email=options["email"], username=options["username"], role=Role.ADMIN, verified_email=True
                )
            except DomainError as error:
                raise CommandError("; ".join(str(text) for text in error.fields.values()) or str(error)) from error
        elif user.role != Role.ADMIN:
            raise CommandError(f"{user.username} exists already, with the role {user.role}.")
        self.stdout.write(f"The site is ready. Administrator: {user.username}")
        self.stdout.write(f"Choose a password here (once, within an hour):\n{one_time_password_link(user=user)}")
