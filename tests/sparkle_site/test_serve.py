"""The launcher: what it starts, revives, renews and stops, without losing a request."""

from __future__ import annotations

import itertools
import os
import signal
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from sparkle_site.embedded.places import Places, State
from sparkle_site.serve.children import Child
from tests.support.processes import eventually, processes
from tests.support.sites import Site, accepts


def test_the_address_is_printed_when_the_site_answers_and_both_processes_serve(
    launch: Callable[..., Site],
) -> None:
    site = launch("--only=web").serves()
    assert {int(site.get("/pid")) for _ in range(200)} == set(site.running("web"))
    assert sorted(site.running().values()) == ["preloader", "sparkle web 1", "sparkle web 2"]


def test_a_taken_port_is_said_clearly(launch: Callable[..., Site]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        refused = launch(f"--port={port}")
        assert refused.process.wait(20) == 1
        assert f"Port {port} on 127.0.0.1 is taken" in refused.output
        assert f"PORT={port + 1}" in refused.output


def test_unusable_settings_are_said_clearly(launch: Callable[..., Site]) -> None:
    refused = launch(PORT="many")
    assert refused.process.wait(20) == 1
    assert "PORT: must be a whole number" in refused.output


def test_more_connections_than_the_private_server_has_are_refused(launch: Callable[..., Site], tmp_path: Path) -> None:
    refused = launch(DATABASE_URL="", WEB_PROCESSES="20", SPARKLE_VAR=str(tmp_path / "var"))
    assert refused.process.wait(20) == 1
    assert "Lower WEB_PROCESSES or DATABASE_POOL_MAX" in refused.output


def test_commands_to_prepare_run_first_and_a_failing_one_stops_the_start(launch: Callable[..., Site]) -> None:
    site = launch("--only=web", "--web=1", "--prepare=diffsettings --output=unified").serves()
    assert site.output.index("TINY_MARK") < site.output.index("Sparkle Universe:")
    refused = launch("--only=web", "--prepare=no_such_command")
    assert refused.process.wait(20) == 1
    assert "The command `no_such_command` failed" in refused.output


def test_a_site_that_cannot_be_loaded_says_why(launch: Callable[..., Site], tmp_path: Path) -> None:
    (tmp_path / "broken").touch()
    refused = launch(TINY_SITE_BROKEN=str(tmp_path / "broken"))
    assert refused.process.wait(20) == 1
    assert "The site cannot be loaded: this site is broken" in refused.output


def test_a_killed_web_process_and_a_killed_worker_come_back(launch: Callable[..., Site]) -> None:
    site = launch("--only=web", "--only=worker", "--web=1").serves()
    before = set(site.running("sparkle"))
    for pid in before:
        os.kill(pid, signal.SIGKILL)
    eventually(lambda: len(site.running("sparkle")) == 2 and not before & set(site.running("sparkle")))
    assert int(site.get("/pid")) in site.running("web")
    assert "web 1: killed by SIGKILL" in site.output


def test_a_child_that_dies_at_once_rests_longer_each_time() -> None:
    child = Child("short", lambda: None)
    rests = []
    for _ in range(10):
        child.pid = os.posix_spawn("/bin/false", ["false"], {})
        child.started = time.monotonic()
        eventually(child.reap)
        rests.append(child.rest_until - time.monotonic())
    assert rests[0] <= 0
    assert all(later > earlier - 1 for earlier, later in itertools.pairwise(rests[1:]))
    assert 29 < rests[-1] <= 30
    assert child.status == 1


def test_a_killed_preloader_is_replaced_and_nobody_is_refused(launch: Callable[..., Site]) -> None:
    site = launch("--only=web", "--web=1").serves()
    old = site.one("web")
    os.kill(site.one("preloader"), signal.SIGKILL)
    eventually(lambda: old not in processes())
    assert int(site.get("/pid", timeout=30)) != old


def test_killing_the_launcher_ends_everything(launch: Callable[..., Site]) -> None:
    site = launch("--only=web", "--only=worker").serves()
    below = site.running()
    assert len(below) == 4
    site.process.kill()
    eventually(lambda: not set(below) & set(processes()))


def test_stopping_finishes_requests_first_and_then_the_worker(launch: Callable[..., Site]) -> None:
    site = launch("--only=web", "--only=worker", "--web=1").serves()
    answers: list[str] = []
    request = threading.Thread(target=lambda: answers.append(site.get("/slow?seconds=2")))
    worker, web = site.one("worker"), site.one("web")
    request.start()
    time.sleep(0.5)
    site.process.terminate()
    time.sleep(0.2)
    site.process.terminate()  # a second signal changes nothing
    eventually(lambda: not accepts(site.port), 3)
    assert {worker, web} <= set(site.running())
    request.join(20)
    assert answers == [str(web)]
    eventually(lambda: web not in processes())
    assert site.process.wait(25) == 0
    assert not {worker, web} & set(processes())
    assert "Traceback" not in site.output


def test_ctrl_c_stops_in_order_as_well(launch: Callable[..., Site]) -> None:
    site = launch("--only=web").serves()
    site.process.send_signal(signal.SIGINT)
    assert site.process.wait(25) == 0
    assert "Traceback" not in site.output


def test_hangup_with_broken_code_keeps_the_processes_from_before(launch: Callable[..., Site], tmp_path: Path) -> None:
    site = launch("--only=web", "--web=1", TINY_SITE_BROKEN=str(tmp_path / "broken")).serves()
    before = site.running()
    (tmp_path / "broken").touch()
    site.process.send_signal(signal.SIGHUP)
    eventually(lambda: "The processes from before go on." in site.output)
    assert site.running() == before
    assert int(site.get("/pid")) in before


@pytest.mark.long
def test_closing_the_terminal_stops_the_site(launch: Callable[..., Site]) -> None:
    ours, theirs = os.openpty()
    site = launch("--only=web", "--web=1", terminal=theirs).serves()
    os.close(theirs)
    site.process.send_signal(signal.SIGHUP)  # the terminal is still there, so this renews
    eventually(lambda: "The new processes serve." in site.output)
    os.close(ours)
    assert site.process.wait(25) == 0


def test_private_engines_start_and_stop_with_the_site_and_return_when_killed(
    launch: Callable[..., Site], tmp_path: Path
) -> None:
    var = tmp_path / "var"
    places = Places.of(var)
    site = launch("--only=web", "--web=1", DATABASE_URL="", REDIS_URL="", SPARKLE_VAR=str(var)).serves()
    first = State.read(places.state)
    assert first is not None
    assert first.ready == ("postgres", "valkey")
    os.kill(first.pid, signal.SIGKILL)
    eventually(lambda: (found := State.read(places.state)) and found.pid != first.pid and len(found.ready) == 2)
    assert site.stop() == 0
    eventually(lambda: not places.state.exists())


def test_the_whole_site_runs_with_worker_and_scheduler_and_gets_them_back(
    launch: Callable[..., Site], own_database: str
) -> None:
    site = launch("--web=1", settings="sparkle_site.settings.development", DATABASE_URL=own_database).serves()
    assert sorted(site.running("sparkle ").values()) == ["sparkle schedul", "sparkle web 1", "sparkle worker"]
    before = set(site.running("sparkle "))
    for pid in before:
        os.kill(pid, signal.SIGKILL)
    eventually(lambda: len(site.running("sparkle ")) == 3 and not before & set(site.running("sparkle ")))
    assert '"ready"' in site.get("/readyz")
    assert site.stop() == 0
    assert "Traceback" not in site.output
