"""Finds a Chromium that starts, for the browser tests: `python tools/find_chromium.py [--install]` says which.

It is the one that `$CHROMIUM` names, else one of the system, else the one Playwright downloaded. With `--install` a
missing one is fetched: the system's package where that is allowed without asking, else Playwright's own build.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
MAC_APPS = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
ASK_NOTHING = {"DEBIAN_FRONTEND": "noninteractive"}
ADVICE = "Install Chromium or Chrome, or name one: CHROMIUM=/path/to/chromium make test"


def find() -> str | None:
    """The path of a Chromium that starts, or None. One that `$CHROMIUM` names is the only one tried."""
    return next((path for path in _candidates() if _starts(path)), None)


def install() -> None:
    """Try to fetch a Chromium; whether it worked is for `find` to say."""
    if shutil.which("apt-get") and (prefix := _root_prefix()) is not None:
        _say("Installing the system's Chromium…")
        apt = [*prefix, "apt-get", "-qq", "-o", "Dpkg::Use-Pty=0"]
        _run([*apt, "update"])
        _run([*apt, "install", "--yes", "--no-install-recommends", "chromium"])
        if find():
            return
    _say("Downloading Playwright's own Chromium…")
    playwright = [sys.executable, "-m", "playwright", "install"]
    # The libraries a browser needs are packages of the system too, so they come along only where that is allowed.
    if _root_prefix() is None or not _run([*playwright, "--with-deps", "chromium"]):
        _run([*playwright, "chromium"])


def _candidates() -> Iterator[str]:
    if named := os.environ.get("CHROMIUM"):
        yield named
        return
    for name in NAMES:
        if path := shutil.which(name):
            yield path
    yield from (path for path in MAC_APPS if Path(path).exists())
    if path := _playwrights_own():
        yield path


def _playwrights_own() -> str | None:
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        return None
    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def _starts(path: str) -> bool:
    """Whether the program answers: Ubuntu's chromium-browser is a stub that only asks for a snap."""
    try:
        asked = subprocess.run([path, "--version"], capture_output=True, stdin=subprocess.DEVNULL, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return asked.returncode == 0 and b"Chrom" in asked.stdout


def _root_prefix() -> list[str] | None:
    """What to put before a command that needs root: nothing, `sudo`, or None where it would have to ask."""
    if not hasattr(os, "geteuid"):
        return None
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") and _run(["sudo", "-n", "true"], quiet=True):
        return ["sudo", "-n", "env", f"DEBIAN_FRONTEND={ASK_NOTHING['DEBIAN_FRONTEND']}"]  # sudo drops the others
    return None


def _run(command: list[str], quiet: bool = False) -> bool:
    """Run without questions; whether it went well."""
    output = subprocess.DEVNULL if quiet else None
    environment = {**os.environ, **ASK_NOTHING}
    try:
        run = subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
    except OSError:
        return False
    return run.returncode == 0


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def main(arguments: list[str]) -> int:
    """Say which one it is, or that there is none."""
    path = find()
    if path is None and (named := os.environ.get("CHROMIUM")):
        _say(f"CHROMIUM={named} does not start as a Chromium.")
        return 1
    if path is None and "--install" in arguments:
        install()
        path = find()
    if path is None:
        _say(f"No Chromium that starts was found. {ADVICE}")
        return 1
    print(f"Chromium for the browser tests: {path}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
