"""As whom the private engines run: root, ordinary users, and root where the kernel helps less."""

from __future__ import annotations

import os
import pwd
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from sparkle_site.embedded import EngineError, addresses, hold
from sparkle_site.embedded.places import PROJECT, Places
from sparkle_site.embedded.processes import impassable
from tests.support.holders import end, in_use, start_holder, stopped
from tests.support.processes import eventually

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")

WITHOUT_NAMESPACES = """
import ctypes, os, sys
from pathlib import Path
(child_ready, ready), (mapped, parent_mapped) = os.pipe(), os.pipe()
child = os.fork()
if child == 0:
    if ctypes.CDLL(None).unshare(0x10000000) != 0:
        os._exit(1)
    os.write(ready, b"1")
    os.read(mapped, 1)
    os.setgid(0)
    os.setuid(0)
    Path("/proc/sys/user/max_user_namespaces").write_text("0")  # counts only for this namespace
    os.execvp(sys.argv[1], sys.argv[1:])
os.close(ready)
if os.read(child_ready, 1):
    for map in ("uid_map", "gid_map"):
        Path(f"/proc/{child}/{map}").write_text("0 0 65536")
    os.write(parent_mapped, b"1")
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


def test_a_socket_folder_of_somebody_else_is_refused(var: Path) -> None:
    sockets = Places.of(var).sockets
    sockets.mkdir(mode=0o700)
    os.chown(sockets, 65534, 65534)
    with pytest.raises(EngineError, match="belongs to somebody else"):
        hold(var, durable=False)
    assert sockets.stat().st_uid == 65534


def test_a_var_folder_of_somebody_else_is_refused(var: Path) -> None:
    os.chown(var, 65534, 65534)
    with pytest.raises(EngineError, match="belongs to another user"):
        hold(var, durable=False)


@pytest.fixture
def open_folder(empty_database: Path) -> Iterator[Path]:
    """A folder everybody may enter, with a `var` that is an ordinary user's; skips where that cannot be."""
    nobody = pwd.getpwnam("nobody")
    for needed in (PROJECT, Path(psycopg.__file__)):
        if closed := impassable(needed.parent, nobody.pw_uid, nobody.pw_gid):
            pytest.skip(f"ordinary users may not enter {closed}")
    folder = Path(tempfile.mkdtemp(prefix="open-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def python_for_everybody() -> list[str]:
    """A Python that other users may run, with our libraries."""
    nobody = pwd.getpwnam("nobody")
    for candidate in (sys.executable, f"/usr/bin/python{sys.version_info[0]}.{sys.version_info[1]}"):
        real = Path(candidate).resolve()
        if real.exists() and not impassable(real.parent, nobody.pw_uid, nobody.pw_gid):
            libraries = Path(psycopg.__file__).parents[1]
            return ["env", f"PYTHONPATH={PROJECT}:{libraries}", candidate]
    pytest.skip("no Python that an ordinary user may run")


def test_an_ordinary_user_has_engines_of_its_own(open_folder: Path) -> None:
    var = open_folder / "var"
    var.mkdir()
    os.chown(var, 65534, 65534)
    prefix = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", *python_for_everybody()]
    process = start_holder(var, prefix=tuple(prefix))
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n", end(process)
    servers = in_use(var)
    assert {Path(f"/proc/{pid}").stat().st_uid for pid in servers} == {65534}
    sockets = Places.of(var).sockets
    sockets = sockets.with_name(sockets.name.replace("sparkle-0-", "sparkle-65534-"))
    assert (sockets.stat().st_uid, stat.S_IMODE(sockets.stat().st_mode)) == (65534, 0o700)
    assert end(process)[0] == 0
    eventually(lambda: stopped(var))


def without_user_namespaces() -> list[str]:
    """Runs a command as root where the kernel makes no (further) user namespace, as in many containers."""
    prefix = [sys.executable, "-c", WITHOUT_NAMESPACES]
    if subprocess.run([*prefix, "true"], capture_output=True, check=False).returncode != 0:
        pytest.skip("this kernel makes no user namespace in which others can be forbidden")
    return prefix


def test_root_without_user_namespaces_uses_an_ordinary_user(open_folder: Path) -> None:
    var = open_folder / "var"
    process = start_holder(var, prefix=(*without_user_namespaces(), *python_for_everybody()))
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n", end(process)
    places = Places.of(var)
    assert os.stat(places.postgres_data).st_uid != 0
    assert stat.S_IMODE(places.sockets.stat().st_mode) == 0o711
    assert stat.S_IMODE(places.postgres_sockets.stat().st_mode) == 0o700
    with psycopg.connect(addresses(var).database_url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    assert end(process)[0] == 0
    eventually(lambda: stopped(var))


def test_root_without_user_namespaces_in_a_closed_folder_is_told_which(open_folder: Path) -> None:
    open_folder.chmod(0o700)
    process = start_holder(open_folder / "var", prefix=(*without_user_namespaces(), *python_for_everybody()))
    status, complaint = end(process)
    assert status == 1
    assert f"may not enter {open_folder}." in complaint
    assert stat.S_IMODE(open_folder.stat().st_mode) == 0o700
