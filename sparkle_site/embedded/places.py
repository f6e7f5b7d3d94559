"""Where the private engines keep their data, sockets, locks and logs."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import shutil
import stat
import tempfile
from pathlib import Path
from typing import Any

from sparkle_site.embedded.errors import EngineError
from sparkle_site.embedded.processes import started_at

PROJECT = Path(__file__).resolve().parents[2]
DEFAULT_VAR = PROJECT / "var"
DATABASE = "sparkle"
USER = "sparkle"
POSTGRES_PORT = 5432
LOG_LIMIT = 5_000_000
SOCKET_PATH_LIMIT = 107  # sun_path holds 108 bytes with the closing zero: unix(7)


@dataclasses.dataclass(frozen=True)
class Addresses:
    """How to reach the private engines."""

    database_url: str
    redis_url: str


def addresses(var: Path) -> Addresses:
    """The addresses of the engines of `var`: the same in each process of a user. Starts nothing."""
    places = Places.of(var)
    return Addresses(
        database_url=f"postgresql://{USER}@/{DATABASE}?host={places.postgres_sockets}",
        redis_url=f"unix://{places.valkey_socket}?db=0",
    )


def _temporary_folder() -> Path:
    # Not $TMPDIR and not $XDG_RUNTIME_DIR when it can be helped: they differ between the shells of one user,
    # and the second goes away with the last login session while a site may still run.
    tmp = Path("/tmp")  # noqa: S108 - the folder made there is 0700 and refused when it is somebody else's
    return tmp if os.access(tmp, os.W_OK | os.X_OK) else Path(tempfile.gettempdir())


@dataclasses.dataclass(frozen=True)
class Places:
    """All paths that belong to one `var` folder."""

    var: Path
    sockets: Path

    @classmethod
    def of(cls, var: Path) -> Places:
        """The places of `var`. Raises EngineError when a socket's path would be too long."""
        var = var.resolve()
        digest = hashlib.sha256(os.fsencode(var)).hexdigest()[:12]
        places = cls(var=var, sockets=_temporary_folder() / f"sparkle-{os.getuid()}-{digest}")
        longest = places.postgres_socket.with_name(places.postgres_socket.name + ".lock")
        if len(os.fsencode(longest)) > SOCKET_PATH_LIMIT:
            raise EngineError(f"The path {longest} is too long for a socket. Set TMPDIR to a shorter folder.")
        return places

    @property
    def postgres_data(self) -> Path:
        return self.var / "postgres"

    @property
    def postgres_sockets(self) -> Path:
        return self.sockets / "pg"

    @property
    def postgres_socket(self) -> Path:
        return self.postgres_sockets / f".s.PGSQL.{POSTGRES_PORT}"

    @property
    def valkey_data(self) -> Path:
        return self.var / "valkey"

    @property
    def valkey_socket(self) -> Path:
        return self.sockets / "valkey.sock"

    @property
    def in_use(self) -> Path:
        """Locked shared by everybody who needs the engines."""
        return self.var / "in-use"

    @property
    def keeper_lock(self) -> Path:
        """Locked by the keeper for as long as it lives."""
        return self.var / "keeper"

    @property
    def state(self) -> Path:
        return self.var / "engines.json"

    def log(self, name: str) -> Path:
        """The log file of an engine or of the keeper."""
        return self.var / "log" / f"{name}.log"

    def make(self) -> None:
        """Makes the folders of `var`. Raises EngineError when they are not ours to write."""
        try:
            (self.var / "log").mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise EngineError(f"Cannot make the folder {self.var / 'log'}: {error.strerror}.") from error
        owner = self.var.stat().st_uid
        if owner != os.getuid():
            raise EngineError(
                f"The folder {self.var} belongs to another user (uid {owner}, this is uid {os.getuid()}). "
                "Run this as that user, or remove the folder to start anew."
            )

    def make_sockets(self) -> None:
        """Makes the 0700 folder for sockets. Raises EngineError when somebody else owns it."""
        try:
            self.sockets.mkdir(mode=0o700, exist_ok=True)
            found = self.sockets.lstat()
        except OSError as error:
            raise EngineError(f"Cannot make the folder {self.sockets}: {error.strerror}.") from error
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
            raise EngineError(
                f"{self.sockets} belongs to somebody else (uid {found.st_uid}), so its sockets cannot be "
                "trusted. Have it removed, or set DATABASE_URL and REDIS_URL."
            )
        self.sockets.chmod(0o700)
        self.postgres_sockets.mkdir(mode=0o700, exist_ok=True)

    def remove_sockets(self) -> None:
        """Removes what `make_sockets` made."""
        shutil.rmtree(self.sockets, ignore_errors=True)  # an orphan in the temporary folder harms nobody

    def open_log(self, name: str) -> int:
        """A file descriptor that appends to a log; a log above 5 MB is put aside as `.1` first."""
        path = self.log(name)
        if path.exists() and path.stat().st_size > LOG_LIMIT:
            path.replace(path.with_name(path.name + ".1"))
        return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)

    def log_tail(self, name: str, lines: int = 8) -> str:
        """The last lines of a log, for error messages."""
        try:
            text = self.log(name).read_text(errors="replace")
        except FileNotFoundError:
            return ""
        return "\n".join(f"    {line}" for line in text.splitlines()[-lines:])


@dataclasses.dataclass(frozen=True)
class State:
    """What the keeper tells about itself in `var/engines.json`."""

    pid: int
    started: int
    message: str
    wanted: tuple[str, ...] = ()
    ready: tuple[str, ...] = ()
    failed: bool = False

    @property
    def alive(self) -> bool:
        """Whether the keeper that wrote this still runs; its number may have gone to another process."""
        return started_at(self.pid) == self.started

    def write(self, path: Path) -> None:
        """Replaces the file in one step, so that no reader sees half of it."""
        temporary = path.with_name(path.name + ".new")
        temporary.write_text(json.dumps(dataclasses.asdict(self)))
        temporary.replace(path)

    @classmethod
    def read(cls, path: Path) -> State | None:
        """The last written state, or None when there is none that can be read."""
        try:
            values: dict[str, Any] = json.loads(path.read_text())
            return cls(**{**values, "wanted": tuple(values["wanted"]), "ready": tuple(values["ready"])})
        except (FileNotFoundError, ValueError, TypeError, KeyError):
            return None
