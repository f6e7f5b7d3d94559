"""The private engines: started, shared, stopped, and back after anything was killed by force."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
import redis

from sparkle_site.embedded import Addresses, EngineError, Holder, addresses, hold
from sparkle_site.embedded.places import PROJECT, Places, State
from sparkle_site.embedded.processes import impassable, processes_in, started_at

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root")

HOLD = """
import sys
from pathlib import Path
from sparkle_site.embedded import EngineError, hold
try:
    hold(Path(sys.argv[1]), durable=False, postgres="postgres" in sys.argv[2], valkey="valkey" in sys.argv[2])
except EngineError as error:
    sys.exit(f"refused: {error}")
print("held", flush=True)
sys.stdin.read()
"""

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


def eventually(condition: Callable[[], object], seconds: float = 15) -> None:
    """Waits until the condition is true; fails after the given time."""
    limit = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < limit, f"did not happen within {seconds} s"
        time.sleep(0.02)


def keeper(var: Path) -> State:
    state = State.read(Places.of(var).state)
    assert state is not None
    return state


def postmaster(var: Path) -> int:
    return int(Places.of(var).postgres_data.joinpath("postmaster.pid").read_text().split()[0])


def stopped(var: Path) -> bool:
    """Whether neither keeper nor engines of `var` are left."""
    state = State.read(Places.of(var).state)
    return (state is None or not state.alive) and not in_use(var)


def in_use(var: Path) -> list[int]:
    """Every process of the engines of `var`."""
    places = Places.of(var)
    return processes_in(places.postgres_data) + processes_in(places.valkey_data)


def write(where: Addresses, text: str) -> None:
    with psycopg.connect(where.database_url) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS notes (text text)")
        connection.execute("INSERT INTO notes VALUES (%s)", [text])


def written(where: Addresses) -> list[str]:
    with psycopg.connect(where.database_url) as connection:
        return [row[0] for row in connection.execute("SELECT text FROM notes ORDER BY text")]


def ping(where: Addresses) -> bool:
    with redis.Redis.from_url(where.redis_url) as client:
        return bool(client.ping())


@pytest.fixture(scope="module")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A `var` folder whose database has been made, to be copied: saves a second for each test."""
    var = tmp_path_factory.mktemp("template") / "var"
    hold(var, valkey=False, durable=False).release()
    eventually(lambda: stopped(var))
    return var


@pytest.fixture
def var(tmp_path: Path, empty_database: Path) -> Iterator[Path]:
    """A `var` folder of the test's own with an empty database; nothing of it runs afterwards."""
    folder = tmp_path / "var"
    shutil.copytree(empty_database, folder)
    yield folder
    eventually(lambda: stopped(folder))
    shutil.rmtree(Places.of(folder).sockets, ignore_errors=True)


@pytest.fixture
def held(var: Path) -> Iterator[Holder]:
    with hold(var) as holder:
        yield holder


def start_holder(var: Path, engines: str = "postgres,valkey", prefix: tuple[str, ...] = ()) -> subprocess.Popen[str]:
    """Another process that holds the engines until its standard input is closed."""
    command = [*prefix, *([] if prefix else [sys.executable]), "-c", HOLD, str(var), engines]
    return subprocess.Popen(
        command, cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def end(process: subprocess.Popen[str]) -> tuple[int, str]:
    """Ends a process of `start_holder`; returns its status and what it complained about."""
    _, complaint = process.communicate(timeout=30)
    return process.returncode, complaint


def test_addresses_are_the_same_each_time_and_start_nothing(tmp_path: Path) -> None:
    first, second = addresses(tmp_path / "var"), addresses(tmp_path / "x" / ".." / "var")
    assert first == second != addresses(tmp_path / "other")
    assert not (tmp_path / "var").exists()
    assert not Places.of(tmp_path / "var").sockets.exists()


def test_socket_paths_stay_short_however_deep_the_project_lies(tmp_path: Path) -> None:
    deep = tmp_path.joinpath(*["a-rather-long-folder-name"] * 8)
    assert len(str(Places.of(deep).postgres_socket)) < 100


def test_a_temporary_folder_with_a_long_name_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sparkle_site.embedded.places._temporary_folder", lambda: Path("/" + "x" * 90))
    with pytest.raises(EngineError, match="too long"):
        addresses(tmp_path)


def test_first_start_makes_everything_and_release_stops_it(tmp_path: Path) -> None:
    told: list[str] = []
    var = tmp_path / "project" / "var"
    with hold(var, progress=told.append) as holder:
        assert ping(holder.addresses)
        with psycopg.connect(holder.addresses.database_url) as connection:
            shown = [
                connection.execute(f"SHOW {name}").fetchone()
                for name in ("listen_addresses", "fsync", "server_encoding")
            ]
            assert shown == [("",), ("on",), ("UTF8",)]
            order = connection.execute("SELECT w FROM unnest(ARRAY['a', 'B', 'ä']) w ORDER BY w COLLATE \"default\"")
            assert [row[0] for row in order] == ["B", "a", "ä"]
        with redis.Redis.from_url(holder.addresses.redis_url) as client:
            assert client.config_get("appendonly", "port", "databases") == {
                "appendonly": "yes",
                "port": "0",
                "databases": "64",
            }
        sockets = Places.of(var).sockets
        assert stat.S_IMODE(sockets.stat().st_mode) == 0o700
        assert stat.S_IMODE((sockets / "pg").stat().st_mode) == 0o700
    eventually(lambda: stopped(var))
    assert not sockets.exists()
    assert any("new database" in message for message in told)


def test_no_rights_outside_the_project_change(empty_database: Path) -> None:
    closed = Path(tempfile.mkdtemp(prefix="closed-"))  # mode 0700
    try:
        var = closed / "project" / "var"
        shutil.copytree(empty_database, var)
        before = [(folder, folder.stat().st_mode, folder.stat().st_uid) for folder in var.parents]
        with hold(var, durable=False) as holder:
            write(holder.addresses, "one")
        assert [(folder, folder.stat().st_mode, folder.stat().st_uid) for folder in var.parents] == before
        assert stat.S_IMODE(closed.stat().st_mode) == 0o700
        eventually(lambda: stopped(var))
    finally:
        shutil.rmtree(closed)


def test_the_engines_run_until_the_last_holder_is_gone(var: Path) -> None:
    first, second = start_holder(var), start_holder(var)
    assert first.stdout is not None
    assert second.stdout is not None
    assert (first.stdout.readline(), second.stdout.readline()) == ("held\n", "held\n")
    server = postmaster(var)
    end(first)
    time.sleep(0.6)  # the keeper looks every quarter of a second
    assert postmaster(var) == server
    assert ping(addresses(var))
    end(second)
    eventually(lambda: stopped(var))


def test_many_who_come_at_once_share_one_keeper(var: Path) -> None:
    processes = [start_holder(var, "valkey") for _ in range(6)]
    assert [process.stdout.readline() for process in processes if process.stdout] == ["held\n"] * 6
    assert len(processes_in(Places.of(var).valkey_data)) == 1
    for process in processes:
        end(process)


def test_a_forked_child_goes_on_holding(var: Path) -> None:
    holder = hold(var, durable=False, postgres=False)
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(writer)
        os.read(reader, 1)
        os._exit(0)
    holder.release()
    time.sleep(0.6)
    assert ping(holder.addresses)
    os.close(writer)
    os.waitpid(child, 0)
    eventually(lambda: stopped(var))


def test_a_killed_holder_holds_nothing(var: Path) -> None:
    process = start_holder(var)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    process.kill()
    end(process)
    eventually(lambda: stopped(var))


def test_a_killed_keeper_takes_the_engines_along_and_the_next_brings_them_back(held: Holder) -> None:
    write(held.addresses, "before")
    old = keeper(held.places.var)
    engines = in_use(held.places.var)
    os.kill(old.pid, signal.SIGKILL)
    eventually(lambda: not held.kept)
    held.ensure()
    assert keeper(held.places.var).pid != old.pid
    assert not set(engines) & set(in_use(held.places.var))
    assert written(held.addresses) == ["before"]
    assert ping(held.addresses)


@pytest.mark.parametrize("engine", ["postgres", "valkey"])
def test_a_killed_engine_is_started_again(held: Holder, engine: str) -> None:
    write(held.addresses, "before")
    old = keeper(held.places.var)
    valkey = processes_in(held.places.valkey_data)[0]
    os.kill(postmaster(held.places.var) if engine == "postgres" else valkey, signal.SIGKILL)
    eventually(lambda: engine not in keeper(held.places.var).ready)
    held.ensure()
    assert written(held.addresses) == ["before"]
    assert ping(held.addresses)
    assert keeper(held.places.var).pid == old.pid


def test_an_engine_whose_socket_was_removed_gets_a_new_one(held: Holder) -> None:
    held.places.valkey_socket.unlink()
    eventually(lambda: "valkey" not in keeper(held.places.var).ready)
    held.ensure()
    assert ping(held.addresses)


def test_a_stale_pid_file_with_the_number_of_another_process_does_no_harm(var: Path) -> None:
    data = Places.of(var).postgres_data
    data.joinpath("postmaster.pid").write_text(f"{os.getpid()}\n{data}\n{int(time.time())}\n5432\n\n\n\nready\n")
    with hold(var, durable=False, valkey=False) as holder:
        write(holder.addresses, "one")
        assert written(holder.addresses) == ["one"]


def test_a_database_that_was_never_finished_is_made_anew(tmp_path: Path) -> None:
    left = tmp_path / "var" / "postgres.new-1"
    left.mkdir(parents=True)
    left.joinpath("PG_VERSION").write_text("18")
    with hold(tmp_path / "var", durable=False, valkey=False) as holder:
        write(holder.addresses, "one")
    assert not left.exists()
    eventually(lambda: stopped(tmp_path / "var"))


def test_one_engine_alone_and_the_other_when_somebody_wants_it(var: Path) -> None:
    with hold(var, durable=False, postgres=False) as first:
        assert ping(first.addresses)
        assert not processes_in(first.places.postgres_data)
        with hold(var, durable=False, valkey=False) as second:
            write(second.addresses, "one")
            assert keeper(var).wanted == ("valkey", "postgres")


def test_a_broken_database_gives_the_end_of_its_log(var: Path) -> None:
    data = Places.of(var).postgres_data
    data.joinpath("global", "pg_control").write_bytes(b"not this")
    with pytest.raises(EngineError, match=r"PostgreSQL did not start.*postgres\.log(.|\n)*pg_control"):
        hold(var, durable=False)


def test_a_database_of_another_version_is_left_alone(var: Path) -> None:
    version = Places.of(var).postgres_data / "PG_VERSION"
    version.write_text("15\n")
    with pytest.raises(EngineError, match=r"made by PostgreSQL 15.*pg_dump"):
        hold(var, durable=False)
    assert version.read_text() == "15\n"


def test_status_and_stop_tell_who_uses_the_engines(held: Holder) -> None:
    def run(command: str) -> subprocess.CompletedProcess[str]:
        arguments = [sys.executable, "-m", "sparkle_site.embedded", command, f"--var={held.places.var}"]
        return subprocess.run(arguments, cwd=PROJECT, capture_output=True, text=True, check=False)

    shown = run("status").stdout
    assert "postgres, valkey" in shown
    assert str(os.getpid()) in shown
    refused = run("stop")
    assert refused.returncode == 1
    assert f"in use by process {os.getpid()}" in refused.stderr
    assert ping(held.addresses)
    held.release()
    assert run("stop").returncode == 0
    assert not in_use(held.places.var)
    assert "do not run" in run("status").stdout


@as_root
def test_a_socket_folder_of_somebody_else_is_refused(var: Path) -> None:
    sockets = Places.of(var).sockets
    sockets.mkdir(mode=0o700)
    os.chown(sockets, 65534, 65534)
    with pytest.raises(EngineError, match="belongs to somebody else"):
        hold(var, durable=False)
    assert sockets.stat().st_uid == 65534


@as_root
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


@as_root
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


@as_root
def test_root_without_user_namespaces_uses_an_ordinary_user(open_folder: Path) -> None:
    var = open_folder / "var"
    process = start_holder(var, prefix=(*without_user_namespaces(), *python_for_everybody()))
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n", end(process)
    places = Places.of(var)
    assert os.stat(places.postgres_data).st_uid != 0
    assert stat.S_IMODE(places.sockets.stat().st_mode) == 0o711
    assert stat.S_IMODE(places.postgres_sockets.stat().st_mode) == 0o700
    write(addresses(var), "one")
    assert end(process)[0] == 0
    eventually(lambda: stopped(var))


@as_root
def test_root_without_user_namespaces_in_a_closed_folder_is_told_which(open_folder: Path) -> None:
    open_folder.chmod(0o700)
    process = start_holder(open_folder / "var", prefix=(*without_user_namespaces(), *python_for_everybody()))
    status, complaint = end(process)
    assert status == 1
    assert f"may not enter {open_folder}." in complaint
    assert stat.S_IMODE(open_folder.stat().st_mode) == 0o700


def test_a_process_number_that_was_given_to_another_is_told_apart() -> None:
    state = State(pid=os.getpid(), started=started_at(os.getpid()) or 0, message="")
    assert state.alive
    assert not State(pid=os.getpid(), started=state.started - 1, message="").alive
