"""Commands that the Makefile runs at the same time: what they print, and how one ends all."""

import shlex
import subprocess
import sys
from pathlib import Path

import psutil

from tests.places import ROOT

TOOL = str(ROOT / "tools" / "at_once.py")


def run(*commands: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([sys.executable, TOOL, *commands], capture_output=True, text=True, timeout=120, check=False)


def until(path: Path) -> str:
    """A command that ends when there is such a file."""
    return f"while [ ! -e {shlex.quote(str(path))} ]; do sleep 0.05; done"


def test_all_run_and_what_they_print_stays_together(tmp_path: Path) -> None:
    over = tmp_path / "over"
    done = run(f"echo one; {until(over)}; echo two >&2", f"echo last; echo of all; touch {shlex.quote(str(over))}")
    assert (done.returncode, done.stdout) == (0, "last\nof all\none\ntwo\n")


def test_the_first_that_fails_ends_the_others_with_all_that_they_started(tmp_path: Path) -> None:
    code = f"import time; print('here', flush=True); open({str(tmp_path / 'here')!r}, 'w'); time.sleep(600)"
    sleeper = [sys.executable, "-c", code]
    done = run(f"{until(tmp_path / 'here')}; echo wrong; exit 3", f"{shlex.join(sleeper)} | cat")
    assert (done.returncode, done.stdout) == (3, "here\nwrong\n")
    left = [process for process in psutil.process_iter(["cmdline"]) if process.info["cmdline"] == sleeper]
    _gone, alive = psutil.wait_procs(left, timeout=30)
    assert alive == []


def test_it_may_be_the_last_that_fails() -> None:
    assert run("sleep 600", "exit 4").returncode == 4
