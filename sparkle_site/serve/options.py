"""What the launcher is asked to run: command line and environment."""

from __future__ import annotations

import argparse
import dataclasses
import os
import shlex
import sys
from pathlib import Path
from urllib.parse import urlsplit

from sparkle_site.embedded.places import PROJECT
from sparkle_site.settings import env as environment

ROLES = ("web", "worker", "scheduler")


@dataclasses.dataclass(frozen=True)
class Options:
    """One launcher's orders."""

    host: str
    port: int
    web: int
    worker: bool
    scheduler: bool
    prepare: tuple[tuple[str, ...], ...]
    reload: bool
    pool: int
    public_host: str
    private_database: bool
    var: Path

    @property
    def processes(self) -> int:
        """How many processes may open database connections."""
        return self.web + self.worker + self.scheduler


def read(arguments: list[str]) -> Options:
    """The orders given on the command line and, below it, by the environment.

    Ends the process with a message for people when they cannot be followed.
    """
    production = os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sparkle_site.settings.development").endswith(
        ".production"
    )
    try:
        env = environment.load(PROJECT, production=production)
    except environment.SettingsError as error:
        sys.exit(f"\n{error}\n")
    parser = argparse.ArgumentParser(
        prog="python -m sparkle_site.serve", description="Runs the site: web processes, worker and scheduler."
    )
    parser.add_argument("--host", default=env.host, help="address to listen on (HOST, %(default)s)")
    parser.add_argument("--port", type=int, default=env.port, help="port to listen on (PORT, %(default)s)")
    parser.add_argument("--web", type=int, default=env.web_processes, help="web processes (WEB_PROCESSES, %(default)s)")
    parser.add_argument("--only", choices=ROLES, action="append", help="run only this role; may be repeated")
    parser.add_argument("--no-worker", action="store_true", help="run neither worker nor scheduler")
    parser.add_argument(
        "--prepare",
        action="append",
        default=[],
        metavar="COMMAND",
        help="a management command to run before serving",
    )
    parser.add_argument("--reload", action="store_true", help="start anew when a source file changes (development)")
    given = parser.parse_args(arguments)
    roles = set(given.only or (ROLES if not given.no_worker else ["web"]))
    if given.web < 1:
        parser.error("--web must be at least 1; use --only worker to run without web processes")
    return Options(
        host=given.host,
        port=given.port,
        web=given.web if "web" in roles else 0,
        worker="worker" in roles,
        scheduler="scheduler" in roles,
        prepare=tuple(tuple(shlex.split(command)) for command in given.prepare),
        reload=given.reload,
        pool=env.database_pool_max,
        public_host=urlsplit(env.public_url).netloc,
        private_database=not production and not env.database_url,
        var=(PROJECT / env.sparkle_var).resolve(),
    )
