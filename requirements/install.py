"""Installs pinned packages into this Python: with uv, which is quick, or with pip when uv cannot be had.

Standard library only. uv does not read pip's configuration, so it is told which indexes pip would use.
"""

from __future__ import annotations

import ast
import os
import subprocess
import sys

UV = "uv==0.13.9"
PIP = [sys.executable, "-m", "pip", "--disable-pip-version-check"]
#: pip's option -> uv's environment variable and what separates several values in it.
SETTINGS = {
    "index-url": ("UV_DEFAULT_INDEX", " "),
    "extra-index-url": ("UV_INDEX", " "),
    "find-links": ("UV_FIND_LINKS", ","),
    "cert": ("SSL_CERT_FILE", " "),
    "no-index": ("UV_NO_INDEX", " "),
}


def run(command: list[str], **environment: str) -> bool:
    """Whether the command, whose output is shown, succeeded."""
    return subprocess.run(command, env={**environment, **os.environ}, check=False).returncode == 0  # noqa: S603


def say(text: str) -> None:
    """Prints a line at once."""
    print(text, flush=True)  # noqa: T201


def pip_settings() -> dict[str, str]:
    """pip's configuration, files and environment together, as environment variables for uv."""
    command = [*PIP, "config", "list"]
    listed = subprocess.run(command, capture_output=True, text=True, check=False).stdout  # noqa: S603
    found: dict[str, str] = {}
    for line in listed.splitlines():
        key, _, value = line.partition("=")
        option = key.rpartition(".")[2]
        if option in SETTINGS:
            variable, separator = SETTINGS[option]
            found.setdefault(variable, separator.join(ast.literal_eval(value).split()))
    return found


def install_with_uv(requirements: str) -> bool:
    """Whether uv could be had and has installed everything."""
    if not run([*PIP, "install", "--quiet", UV]):
        say("uv cannot be had; pip takes its place, which is slower.")
        return False
    uv = [sys.executable, "-m", "uv", "pip", "install", "--python", sys.executable, "--require-hashes", "--quiet"]
    # Like pip, take a pinned version from whichever index has it; the hashes say that it is the right one.
    uv += ["--index-strategy", "unsafe-best-match", "-r", requirements]
    if not run(uv, **pip_settings()):
        say("uv could not install everything; trying with pip.")
        return False
    return True


def main() -> int:
    """Installs the file named on the command line; returns the exit status."""
    requirements = sys.argv[1]
    say(f"Installing {requirements} …")
    installed = install_with_uv(requirements) or run([*PIP, "install", "--require-hashes", "-r", requirements])
    return 0 if installed else 1


if __name__ == "__main__":
    raise SystemExit(main())
