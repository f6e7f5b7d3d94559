"""The private engines: started, shared, stopped, and back after anything was killed by force."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg
import pytest
import redis

from sparkle_site.embedded import Addresses, EngineError, Holder, addresses, hold
from sparkle_site.embedded.places import PROJECT, Places, State
from sparkle_site.embedded.processes import processes_in, started_at
from tests.support.holders import end, in_use, keeper, postmaster, start_holder, stopped
from tests.support.processes import eventually


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


def test_a_process_number_that_was_given_to_another_is_told_apart() -> None:
    state = State(pid=os.getpid(), started=started_at(os.getpid()) or 0, message="")
    assert state.alive
    assert not State(pid=os.getpid(), started=state.started - 1, message="").alive
