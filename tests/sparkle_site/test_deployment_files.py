"""The deployment files name only settings, commands and addresses that exist."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import get_commands, load_command_class
from django.urls import resolve

from sparkle_site.embedded.places import PROJECT
from sparkle_site.serve import launcher, options
from sparkle_site.settings.env import VARIABLES, read

#: Variables that others than our settings read.
OTHERS = {
    "DJANGO_SETTINGS_MODULE",
    "PATH",
    "PYTHONUNBUFFERED",
    "PYTHONDONTWRITEBYTECODE",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_DEFAULT_REGION",
}
REQUIRED = {name for name, variable in VARIABLES.items() if variable.required_in_production}

fly: dict[str, Any] = tomllib.loads((PROJECT / "fly.toml").read_text())
compose: dict[str, Any] = yaml.safe_load((PROJECT / "compose.yaml").read_text())
dockerfile = (PROJECT / "Dockerfile").read_text().replace("\\\n", " ")
procfile = dict(line.split(": ", 1) for line in (PROJECT / "Procfile").read_text().splitlines())


def docker_environment() -> dict[str, str]:
    lines = re.findall(r"^ENV (.*)$", dockerfile, re.MULTILINE)
    return dict(part.split("=", 1) for line in lines for part in shlex.split(line))


def docker_command() -> str:
    return shlex.join(yaml.safe_load(re.findall(r"^CMD (.*)$", dockerfile, re.MULTILINE)[-1]))


def assignments(text: str) -> set[str]:
    """Names of shell assignments such as `SECRET_KEY="$(…)"`."""
    return set(re.findall(r"\b([A-Z][A-Z0-9_]+)=", text))


def environments() -> Iterator[tuple[str, dict[str, str]]]:
    yield "fly.toml", fly["env"]
    yield "Dockerfile", docker_environment()
    yield "compose.yaml site", compose["services"]["site"]["environment"]


def commands() -> Iterator[str]:
    yield from fly["processes"].values()
    yield fly["deploy"]["release_command"]
    yield from procfile.values()
    yield docker_command()
    yield compose["services"]["site"]["command"]


@pytest.mark.parametrize(("file", "environment"), list(environments()))
def test_every_variable_is_declared_and_its_value_is_understood(file: str, environment: dict[str, str]) -> None:
    assert set(environment) - OTHERS <= set(VARIABLES), f"{file} names variables the settings do not know"
    read({name: str(value) for name, value in environment.items()})


@pytest.mark.parametrize("command", sorted(set(commands())))
def test_every_command_exists(command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", os.environ["DJANGO_SETTINGS_MODULE"])
    program, *arguments = shlex.split(command)
    assert program == "python"
    if arguments[:2] == ["-m", "sparkle_site.serve"]:
        chosen = options.read(arguments[2:])
        assert chosen.processes > 0
        managed = chosen.prepare
    else:
        assert arguments[0] == "manage.py"
        managed = (tuple(arguments[1:]),)
    for name, *flags in managed:
        load_command_class(get_commands()[name], name).create_parser("manage.py", name).parse_args(flags)


def test_fly_has_every_value_production_needs_or_names_it_as_a_secret() -> None:
    secrets = assignments("\n".join(re.findall(r"^#.*fly secrets set.*$", (PROJECT / "fly.toml").read_text(), re.M)))
    assert secrets - OTHERS <= set(VARIABLES)
    assert set(fly["env"]) | secrets >= REQUIRED
    assert not secrets & set(fly["env"])


def test_building_the_image_and_checking_production_settings_set_what_they_need() -> None:
    makefile = (PROJECT / "Makefile").read_text().replace("\\\n", " ")
    for line in (
        next(line for line in makefile.splitlines() if line.startswith("production =")),
        next(line for line in dockerfile.splitlines() if "collectstatic" in line and line.startswith("RUN")),
    ):
        assert assignments(line) - OTHERS == REQUIRED


def test_fly_and_procfile_run_the_same_processes() -> None:
    assert procfile == {**fly["processes"], "release": fly["deploy"]["release_command"]}
    assert set(fly["processes"]) == set(options.ROLES)
    assert {name for vm in fly["vm"] for name in vm["processes"]} == set(fly["processes"])


def test_a_stop_is_given_the_time_it_takes() -> None:
    assert fly["kill_signal"] == "SIGTERM"
    assert fly["kill_timeout"] > launcher.STOP_LIMIT
    assert int(compose["services"]["site"]["stop_grace_period"].rstrip("s")) > launcher.STOP_LIMIT
    assert "STOPSIGNAL SIGTERM" in dockerfile


def test_health_checks_ask_addresses_that_exist() -> None:
    paths = [check["path"] for check in fly["http_service"]["checks"]]
    assert paths == ["/healthz", "/readyz"]
    for path in [*paths, *re.findall(r"http://127\.0\.0\.1:8000(/\w+)", dockerfile)]:
        assert resolve(path)
    for check in fly["http_service"]["checks"]:
        assert check["headers"]["Host"] in fly["env"]["ALLOWED_HOSTS"].split(",")


def test_the_port_is_the_same_everywhere() -> None:
    assert fly["env"]["PORT"] == str(fly["http_service"]["internal_port"])
    assert docker_environment()["PORT"] == re.findall(r"^EXPOSE (\d+)$", dockerfile, re.M)[0]
    assert docker_environment()["HOST"] == "0.0.0.0"  # noqa: S104 - inside a container


def test_the_image_runs_as_an_ordinary_user_and_copies_what_exists() -> None:
    final = dockerfile.rpartition("FROM ")[2]
    assert re.search(r"^USER (?!root)", final, re.M)
    for sources in re.findall(r"^COPY (?!--from)(.*) \S+$", dockerfile, re.M):
        assert all((PROJECT / source).exists() for source in sources.split())


def test_compose_parts_depend_on_parts_that_exist() -> None:
    services = compose["services"]
    for service in services.values():
        assert set(service.get("depends_on", ())) <= set(services)
        for volume in service.get("volumes", ()):
            assert volume.split(":")[0] in compose["volumes"]
    assert services["clamd"]["profiles"] == ["scan"]
    site = services["site"]["environment"]
    for variable, service in {
        "DATABASE_URL": "database",
        "REDIS_URL": "valkey",
        "EMAIL_URL": "mail",
        "S3_ENDPOINT_URL": "files",
    }.items():
        assert service in services
        assert re.search(rf"[@/]{service}\b", site[variable])


def test_local_state_and_secrets_stay_out_of_the_image_and_of_git() -> None:
    ignored_by_docker = set((PROJECT / ".dockerignore").read_text().split())
    assert {".git", ".venv", ".env", "var", "media"} <= ignored_by_docker
    for path in (".venv/x", ".env", "var/x", "media/x"):
        found = subprocess.run(["git", "check-ignore", "--quiet", "--no-index", path], cwd=PROJECT, check=False)
        assert found.returncode == 0, f"git does not ignore {path}"


def test_the_test_machine_runs_the_commands_of_the_readme() -> None:
    script = PROJECT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    assert subprocess.run(["bash", "-n", str(script)], check=False).returncode == 0
    assert re.findall(r"^make (\w+)$", script.read_text(), re.M) == ["test", "lint"]
    assert "export CI=true" in script.read_text()


def test_every_target_of_the_makefile_says_what_it_does() -> None:
    text = Path(PROJECT / "Makefile").read_text()
    phony = set(re.findall(r"^\.PHONY: (.*)$", text, re.M)[0].split())
    assert set(re.findall(r"^([a-z-]+):.*## \S", text, re.M)) == phony
