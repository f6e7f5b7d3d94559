"""The launcher: one port, the engines, and generations of processes. Imports no Django."""

from __future__ import annotations

import dataclasses
import errno
import json
import os
import selectors
import signal
import socket
import subprocess
import sys
import threading
import time
from typing import Any

from sparkle_site.embedded import EngineError, Holder
from sparkle_site.embedded.needed import hold_needed
from sparkle_site.embedded.places import PROJECT
from sparkle_site.embedded.postgres import MAX_CONNECTIONS
from sparkle_site.serve import counting
from sparkle_site.serve.options import Options
from sparkle_site.serve.signals import Signals

TEND_SECONDS = 1.0
STOP_LIMIT = 25.0
HEALTH_STEP = 0.1
HEALTH_LIMIT = 60.0
BACKLOG = 2048
HEALTH_REQUEST = b"GET /healthz HTTP/1.0\r\nHost: %s\r\nX-Forwarded-Proto: https\r\n\r\n"
RELOAD = signal.SIGUSR1
SOURCES = (".py", ".html", ".txt", ".mo")


class LaunchError(Exception):
    """The site cannot be started; the message says what to do."""


def say(text: str) -> None:
    """Prints a line at once."""
    print(text, flush=True)  # noqa: T201


def listen(host: str, port: int) -> socket.socket:
    """The one listening socket. Raises LaunchError when the port or the address cannot be had."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind, protocol)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(BACKLOG)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise LaunchError(
                f"Port {port} on {host} is taken by another program. Stop that one, or choose another port: "
                f"PORT={port + 1} make run"
            ) from error
        raise LaunchError(f"Cannot listen on {host}, port {port}: {error.strerror or error}.") from error
    return listener


@dataclasses.dataclass
class Generation:
    """A preloader seen from the launcher."""

    process: subprocess.Popen[bytes]
    control: socket.socket
    buffer: bytes = b""
    loaded: bool = False
    ready: bool = False
    stopping: bool = False
    problem: str = ""

    def messages(self) -> list[dict[str, str]]:
        """What the preloader has told since the last call."""
        try:
            while received := self.control.recv(65536):
                self.buffer += received
        except BlockingIOError:
            pass  # all read for now
        except ConnectionResetError:
            pass  # it died with words of ours unread; its death is noticed by its exit
        *lines, self.buffer = self.buffer.split(b"\n")
        return [json.loads(line) for line in lines]

    def go(self) -> None:
        """Lets it begin: the engines answer."""
        self.control.sendall(b"go")

    def stop(self) -> None:
        """Asks it to end in order."""
        if not self.stopping:
            self.stopping = True
            if self.process.poll() is None:
                self.process.terminate()


class Launcher:
    """Runs the site until SIGTERM or SIGINT."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.had_terminal = os.isatty(0)
        self.hangup_ignored = signal.getsignal(signal.SIGHUP) == signal.SIG_IGN
        self.selector = selectors.DefaultSelector()
        self.listener: socket.socket | None = None
        self.engines: Holder | None = None
        self.generations: list[Generation] = []
        self.served = False
        self.accounts = ""
        self.health_until: float | None = None
        self.restarts = 0
        self.restart_at: float | None = None
        self.again = False

    def run(self) -> int:
        """The launcher's life. Returns the exit status."""
        try:
            self.check_connections()
            if self.options.web:
                self.listener = listen(self.options.host, self.options.port)
            counting.prepare(self.options.var)
            self.begin(prepare=True)  # imports while the engines start
            self.engines = hold_needed(say)
            signals = Signals(signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD, RELOAD)
            self.selector.register(signals, selectors.EVENT_READ)
            self.generations[-1].go()
            if self.options.reload:
                watch_sources()
            while self.round(signals):
                pass
            return 0
        except KeyboardInterrupt:  # before signals were collected
            return 130
        except (LaunchError, EngineError) as error:
            print(f"\n{error}\n", file=sys.stderr, flush=True)  # noqa: T201
            return 1
        finally:
            self.stop()

    def check_connections(self) -> None:
        """Raises LaunchError when the processes could want more connections than private PostgreSQL has."""
        wanted = self.options.processes * self.options.pool
        if self.options.private_database and wanted > MAX_CONNECTIONS - 10:
            raise LaunchError(
                f"{self.options.processes} processes want up to {self.options.pool} connections each; "
                f"private PostgreSQL serves {MAX_CONNECTIONS}. Lower WEB_PROCESSES or DATABASE_POOL_MAX."
            )

    def begin(self, *, prepare: bool) -> None:
        """Starts a generation; it loads the site and then waits for `go`."""
        ours, theirs = socket.socketpair()
        orders: dict[str, Any] = {
            "launcher": os.getpid(),
            "control": theirs.fileno(),
            "listener": self.listener.fileno() if self.listener else -1,
            "web": self.options.web,
            "worker": self.options.worker,
            "scheduler": self.options.scheduler,
            "prepare": self.options.prepare if prepare else (),
        }
        inherited = [theirs.fileno(), *([self.listener.fileno()] if self.listener else [])]
        with theirs:
            process = subprocess.Popen(  # noqa: S603 - ourselves
                [sys.executable, "-m", "sparkle_site.serve.preloader", json.dumps(orders)],
                cwd=PROJECT,
                stdin=subprocess.DEVNULL,
                pass_fds=inherited,
                start_new_session=True,  # Ctrl+C reaches only the launcher, which stops the others in order
            )
        ours.setblocking(False)
        generation = Generation(process, ours)
        self.selector.register(ours, selectors.EVENT_READ, generation)
        self.generations.append(generation)

    def round(self, signals: Signals) -> bool:
        """Waits for something to happen and deals with it; False when the site is to stop."""
        ready = self.selector.select(TEND_SECONDS if self.health_until is None else HEALTH_STEP)
        received = signals.received()
        if received & {signal.SIGTERM, signal.SIGINT}:
            return False
        if signal.SIGHUP in received:
            if self.had_terminal and not terminal_lives():
                return self.hangup_ignored
            self.renew(prepare=True)
        if RELOAD in received:
            self.renew(prepare=False)
        for key, _ in ready:
            if isinstance(key.data, Generation):
                self.listen_to(key.data)
        for generation in list(self.generations):
            if generation.process.poll() is not None:
                self.bury(generation)
        if self.restart_at is not None and time.monotonic() >= self.restart_at:
            self.restart_at = None
            self.renew(prepare=False)
        if self.health_until is not None:
            self.announce(self.health_until)
        self.tend_engines()
        return True

    def listen_to(self, generation: Generation) -> None:
        """Reads what a preloader tells."""
        for message in generation.messages():
            event, text = message["event"], message["text"]
            if event == "progress":
                say(text)
            elif event == "failed":
                generation.problem = text
            elif event == "ready":
                generation.ready = True
                self.restarts = 0
                if self.served:
                    say("The new processes serve.")
                else:
                    self.accounts, self.served = text, True
                    self.health_until = time.monotonic() + HEALTH_LIMIT
                for older in self.generations[: self.generations.index(generation)]:
                    older.stop()
                if self.again:
                    self.again = False
                    self.renew(prepare=False)

    def announce(self, limit: float) -> None:
        """Tells people where the site is, once it answers."""
        if self.listener is None:
            self.health_until = None
            say("Runs. (Ctrl+C stops it)")
            return
        host, port = self.listener.getsockname()[:2]
        answer = health((host, port), self.options.public_host)
        if answer == 200:
            self.health_until = None
            shown = "localhost" if host in {"0.0.0.0", "::", "127.0.0.1", "::1"} else host  # noqa: S104
            say(f"\nSparkle Universe: http://{shown}:{port}/   (Ctrl+C stops it)\n\n{self.accounts}".rstrip())
        elif time.monotonic() > limit:
            self.health_until = None
            say(f"The site runs, but http://{host}:{port}/healthz does not answer as it should: {answer}")

    def renew(self, *, prepare: bool) -> None:
        """Starts a new generation, which replaces the others when it serves."""
        if any(not g.ready and not g.stopping for g in self.generations):
            self.again = True
            return
        self.begin(prepare=prepare)
        self.generations[-1].go()

    def bury(self, generation: Generation) -> None:
        """Deals with the end of a preloader. Raises LaunchError when the site could never be started."""
        self.listen_to(generation)
        self.generations.remove(generation)
        self.selector.unregister(generation.control)
        generation.control.close()
        if generation.stopping:
            return
        problem = generation.problem or f"The site's process ended with status {generation.process.returncode}."
        if not self.served:
            raise LaunchError(problem)
        say(problem)
        if any(g.ready for g in self.generations):
            say("The processes from before go on.")
        else:
            self.restarts += 1
            rest = min(0.5 * 2**self.restarts, 30.0) if self.restarts > 1 else 0.0
            self.restart_at = time.monotonic() + rest
            say(f"Starting again{f' in {rest:.0f} s' if rest else ''} …")

    def tend_engines(self) -> None:
        """Brings the engines back when their keeper was killed."""
        if self.engines is not None and not self.engines.kept:
            say("The keeper of the engines is gone; starting it again …")
            try:
                self.engines.ensure()
            except EngineError as error:
                say(f"{error}\nTrying again.")

    def stop(self) -> None:
        """Stops everything in order, within 25 s. Signals that come meanwhile change nothing."""
        if self.listener is not None:
            self.listener.close()
        for generation in self.generations:
            generation.stop()
        limit = time.monotonic() + STOP_LIMIT
        for generation in self.generations:
            try:
                generation.process.wait(max(0.0, limit - time.monotonic()))
            except subprocess.TimeoutExpired:
                generation.process.kill()
        if self.engines is not None:
            self.engines.release()


def terminal_lives() -> bool:
    """Whether the terminal this was started from still exists; SIGHUP is sent when it is closed."""
    try:
        os.close(os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY))
    except OSError:
        return False
    return True


def health(address: tuple[str, int], name: str) -> object:
    """The status /healthz answers to a request for the host `name`, or the error that kept it from that."""
    try:
        with socket.create_connection(address, timeout=2) as connection:
            connection.sendall(HEALTH_REQUEST % name.encode())
            return int(connection.recv(4096).split(b" ", 2)[1])
    except (OSError, IndexError, ValueError) as error:
        return error


def watch_sources() -> None:
    """Sends this process the reload signal whenever a source file changes."""
    try:
        from watchfiles import watch
    except ImportError as error:
        raise LaunchError("--reload needs watchfiles: pip install -r requirements/development.txt") from error

    folders = [PROJECT / name for name in ("sparkle_site", "cms", "community", "templates", "locale")]

    def look() -> None:
        for _ in watch(
            *[folder for folder in folders if folder.exists()],
            watch_filter=lambda change, path: path.endswith(SOURCES),
            raise_interrupt=False,
        ):
            os.kill(os.getpid(), RELOAD)

    threading.Thread(target=look, name="reload", daemon=True).start()
