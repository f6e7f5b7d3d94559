"""Processes on Linux: their start time, their folder, dying with the parent, another identity."""

from __future__ import annotations

import ctypes
import dataclasses
import os
import pwd
import signal
from collections.abc import Callable
from pathlib import Path

PR_SET_PDEATHSIG = 1
CLONE_NEWUSER = 0x10000000


def started_at(pid: int) -> int | None:
    """When a process started, in clock ticks since boot (proc_pid_stat(5)); None when it is gone."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return None
    state, *fields = text.rpartition(")")[2].split()
    return None if state in "ZX" else int(fields[18])


def processes_in(folder: Path) -> list[int]:
    """The processes whose working directory is `folder`: engines work in their data folder."""
    found = []
    for entry in os.listdir("/proc"):
        if not entry.isdigit():
            continue
        try:
            if os.readlink(f"/proc/{entry}/cwd") == str(folder):
                found.append(int(entry))
        except OSError:  # gone meanwhile, or somebody else's
            continue
    return found


def kill(pid: int) -> None:
    """Ends a process by force; one that is gone already is fine."""
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def die_with_parent(number: signal.Signals, parent: int) -> None:
    """The kernel sends this process signal `number` when its parent dies: PR_SET_PDEATHSIG(2const).

    To be called after any change of identity, which clears it. `parent` is the parent's process id: when it
    has died before this call, the process ends here.
    """
    if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, int(number), 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG)")
    if os.getppid() != parent:
        os._exit(1)


@dataclasses.dataclass(frozen=True)
class Identity:
    """As whom a child runs: as we do, as another number in a user namespace, or as an existing user."""

    kind: str  # "same", "namespace" or "user"
    uid: int
    gid: int

    def take(self) -> None:
        """Changes the identity of this process, between fork and exec."""
        if self.kind == "namespace":
            enter_user_namespace(self.uid, self.gid)
        elif self.kind == "user":
            os.setgroups([])
            os.setgid(self.gid)
            os.setuid(self.uid)


def enter_user_namespace(uid: int, gid: int) -> None:
    """Makes our own number look like `uid` to this process: user_namespaces(7).

    Rights on files stay what they are, nothing needs to be chowned or made readable. Not a separation of
    rights. Raises OSError when the kernel refuses.
    """
    own_uid, own_gid = os.geteuid(), os.getegid()
    if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWUSER) != 0:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{uid} {own_uid} 1")
    Path("/proc/self/gid_map").write_text(f"{gid} {own_gid} 1")


def succeeds_in_child(action: Callable[[], None]) -> bool:
    """Whether `action` works, tried in a forked child so that this process does not change."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            action()
            status = 0
        finally:
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def unprivileged_user() -> pwd.struct_passwd | None:
    """An existing user other than root; PostgreSQL wants one that stands in passwd."""
    users = {user.pw_name: user for user in pwd.getpwall() if user.pw_uid != 0}
    for name in ("postgres", "nobody", "daemon"):
        if name in users:
            return users[name]
    return next(iter(users.values()), None)


def impassable(path: Path, uid: int, gid: int) -> Path | None:
    """The first folder on the way to `path` that the user may not enter, or None."""
    for folder in reversed([path, *path.parents]):
        found = folder.stat()
        if found.st_uid == uid:
            passable = found.st_mode & 0o100
        elif found.st_gid == gid:
            passable = found.st_mode & 0o010
        else:
            passable = found.st_mode & 0o001
        if not passable:
            return folder
    return None
