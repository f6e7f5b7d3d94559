"""Installs a list of pinned packages into this Python: with uv, which is quick, or with pip when uv cannot be had.

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


def pip_settings() -> dict[str, str]:
    """pip's configuration, files and environment together, as environment variables for uv."""
    listed = subprocess.run([*PIP, "config", "list"], capture_output=True, text=True, check=False).stdout
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
    if subprocess.run([*PIP, "install", "--quiet", UV], check=False).returncode != 0:
        print("uv cannot be had; pip takes its place, which is slower.", flush=True)
        return False
    uv = [sys.executable, "-m", "uv", "pip", "install", "--python", sys.executable, "--require-hashes"]
    # Like pip, take a pinned version from whichever index has it; the hashes say that it is the right one.
    uv += ["--index-strategy", "unsafe-best-match", "-r", requirements]
    if subprocess.run(uv, env={**pip_settings(), **os.environ}, check=False).returncode != 0:
        print("uv could not install everything; trying with pip.", flush=True)
        return False
    return True


def main() -> int:
    """Installs the file named on the command line; returns the exit status."""
    requirements = sys.argv[1]
    print(f"Installing {requirements} …", flush=True)
    if install_with_uv(requirements):
        return 0
    return subprocess.run([*PIP, "install", "--require-hashes", "-r", requirements], check=False).returncode


if __name__ == "__main__":
    raise SystemExit(main())
