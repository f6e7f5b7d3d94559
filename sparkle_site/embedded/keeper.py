"""The keeper: a detached process that owns the engines and stops them when nobody uses them any more.

It has one thread and waits for signals, so that nothing can be missed between two of them:

- SIGCHLD: an engine died; it is started again (PostgreSQL recovers from its log). After five deaths within a
  minute the keeper gives up and says why in `var/engines.json`.
- SIGUSR1, SIGUSR2: somebody wants PostgreSQL, Valkey as well.
- SIGTERM: stop the engines now, whoever uses them.

Killed by force, it takes the engines along (PR_SET_PDEATHSIG); whoever needs them next starts a new one.
"""

from __future__ import annotations

import dataclasses
import fcntl
import os
import signal
import sys
import time
import traceback
from collections import deque
from collections.abc import Callable

from sparkle_site.embedded.engines import Engine, Valkey
from sparkle_site.embedded.errors import EngineError
from sparkle_site.embedded.places import Places, State
from sparkle_site.embedded.postgres import PostgreSQL
from sparkle_site.embedded.processes import started_at

KINDS: dict[str, Callable[..., Engine]] = {"postgres": PostgreSQL, "valkey": Valkey}
WANT = {"postgres": signal.SIGUSR1, "valkey": signal.SIGUSR2}
SIGNALS = {signal.SIGCHLD, signal.SIGTERM, signal.SIGHUP, *WANT.values()}
TICK = 0.25
DEATHS, WITHIN = 5, 60.0


class Keeper:
    """Owns the engines of one `var` folder; holds the keeper's lock as long as it lives."""

    def __init__(self, places: Places, wanted: list[str], *, durable: bool) -> None:
        self.places = places
        self.durable = durable
        self.wanted = wanted
        self.engines: dict[str, Engine] = {}
        self.deaths: deque[float] = deque(maxlen=DEATHS)
        self.state = State(pid=os.getpid(), started=started_at(os.getpid()) or 0, message="")
        self.in_use = os.open(places.in_use, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def tell(self, message: str, *, failed: bool = False) -> None:
        """Writes what happens to the log and to the state file, where holders read it."""
        sys.stdout.write(f"{time.strftime('%Y-%m-%d %H:%M:%S')} {message}\n")  # goes to var/log/keeper.log
        sys.stdout.flush()
        self.state = dataclasses.replace(
            self.state, message=message, wanted=tuple(self.wanted), ready=tuple(self.engines), failed=failed
        )
        self.state.write(self.places.state)

    def run(self) -> int:
        """Starts the engines, serves until nobody uses them, stops them. The process's exit status."""
        signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
        try:
            self.places.make_sockets()
            self.start_missing()
            while not self.unused():
                received = signal.sigtimedwait(SIGNALS, TICK)
                if received is not None and received.si_signo == signal.SIGTERM:
                    break
                for name, number in WANT.items():
                    if received is not None and received.si_signo == number and name not in self.wanted:
                        self.wanted.append(name)
                self.bury_dead()
                self.start_missing()
        except EngineError as error:
            self.stop()
            self.tell(str(error), failed=True)
            return 1
        except Exception:
            self.stop()
            self.tell(f"The keeper failed:\n{traceback.format_exc()}", failed=True)
            raise
        self.stop()
        self.places.remove_sockets()
        self.places.state.unlink(missing_ok=True)
        return 0

    def unused(self) -> bool:
        """Whether nobody holds the engines. Then the lock is ours and newcomers wait until we are gone."""
        try:
            fcntl.flock(self.in_use, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def start_missing(self) -> None:
        """Starts every wanted engine that does not run."""
        missing = [name for name in self.wanted if name not in self.engines]
        for name in missing:
            engine = KINDS[name](self.places, durable=self.durable)
            engine.start(self.tell)
            self.engines[name] = engine
        if missing:
            self.tell("Ready.")

    def bury_dead(self) -> None:
        """Forgets engines that have died or whose socket was removed, so that they are started again."""
        for name, engine in list(self.engines.items()):
            if engine.running and engine.socket.exists():
                continue
            if len(self.deaths) == DEATHS and time.monotonic() - self.deaths[0] < WITHIN:
                raise EngineError(f"{engine.title} dies again and again. {engine.log_excerpt()}")
            self.deaths.append(time.monotonic())
            del self.engines[name]
            self.tell(f"{engine.title} has died and is started again …")
            engine.stop()
            self.places.make_sockets()

    def stop(self) -> None:
        """Stops all engines: Valkey first, PostgreSQL last."""
        for name in reversed(list(self.engines)):
            self.engines.pop(name).stop()


def keep(places: Places, wanted: list[str], *, durable: bool) -> int:
    """Becomes the keeper of `places`; the caller has handed on the keeper's lock. Returns the exit status."""
    os.umask(0o077)
    os.chdir("/")
    return Keeper(places, wanted, durable=durable).run()


def detach() -> None:
    """Lets the process that started us go on: a session of our own, and init as our parent."""
    if os.fork() > 0:
        os._exit(0)
    os.setsid()
    sys.stdout.flush()
