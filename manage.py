#!/usr/bin/env python
"""Django's command line; the private engines run as long as a command needs them."""

import os
import sys

from sparkle_site.embedded import EngineError
from sparkle_site.embedded.needed import hold_needed

WITHOUT_ENGINES = {"help", "version", "collectstatic", "compilemessages", "makemessages", "diffsettings", "write_docs"}


def chosen_settings(arguments: list[str]) -> str | None:
    """The value of Django's option --settings, when given."""
    for position, argument in enumerate(arguments):
        if argument.startswith("--settings="):
            return argument.partition("=")[2]
        if argument == "--settings" and position + 1 < len(arguments):
            return arguments[position + 1]
    return None


def needs_engines(arguments: list[str]) -> bool:
    """Whether the command may ask the database or the cache."""
    if not arguments or arguments[0] in WITHOUT_ENGINES:
        return False
    return not {"--help", "-h", "--version"} & set(arguments)


def main() -> None:
    """Runs one command."""
    arguments = sys.argv[1:]
    if settings := chosen_settings(arguments):
        os.environ["DJANGO_SETTINGS_MODULE"] = settings
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sparkle_site.settings.development")
    if needs_engines(arguments):
        try:
            # Held by this name until the process ends.
            _engines = hold_needed(lambda message: print(message, file=sys.stderr, flush=True))  # noqa: T201
        except EngineError as error:
            sys.exit(f"\n{error}\n")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
