"""`manage.py load_demo`: the demonstration, as far as it is not there yet."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cms import demo


class Command(BaseCommand):
    help = "Loads the demonstration: creators, posts, an account for each role. Twice changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--picture-scale",
            type=float,
            default=0.8,
            help="size of the drawn pictures; 1 is 1600 × 900 points",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            demo.load_demo(
                lambda line: self.stdout.write(f"Demonstration: {line}"),
                picture_scale=options["picture_scale"],
            )
        except demo.DemoRefusedError as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write("Demonstration: ready")
