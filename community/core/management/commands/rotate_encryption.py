"""`manage.py rotate_encryption`: bring every stored secret under the first of ENCRYPTION_KEYS."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from community.core import encryption


class Command(BaseCommand):
    help = "Re-encrypts stored secrets under the first key of ENCRYPTION_KEYS; old keys may go afterwards."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            counted = encryption.rotate_all()
        except encryption.UnreadableError as error:
            raise CommandError("A secret was made with a key that ENCRYPTION_KEYS no longer holds.") from error
        for name, number in counted.items():
            self.stdout.write(f"{name}: {number}")
