"""The code walk on the oldest torchvision that is supported, from that release's own source.

That release needs a torch of its own, which is too large for every run. Its `resnet.py` is plain Python and runs within
the installed one: so only its wheel is fetched, and the tests of the walk run on that file in a process of their own.
"""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
import zipfile
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.model.walk.older_torchvision import VARIABLE
from tests.places import ROOT


def oldest() -> str:
    """As in `0.26`, where the requirements say `torchvision>=0.26,<1`."""
    found = re.search(r"^torchvision>=([\d.]+)", (ROOT / "requirements.txt").read_text(), re.MULTILINE)
    assert found is not None
    return found[1]


@pytest.fixture(scope="module")
def resnet_py(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """That release's file; skipped where no index has the wheel."""
    folder = tmp_path_factory.mktemp("torchvision")
    fetch = [sys.executable, "-m", "pip", "download", f"torchvision=={oldest()}.*", "--no-deps", "-q"]
    fetch += ["--only-binary=:all:", "--disable-pip-version-check", "--retries=1", "--timeout=10", "-d", str(folder)]
    try:
        subprocess.run(fetch, check=True, capture_output=True, timeout=120)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        pytest.skip(f"no index has torchvision {oldest()} for this Python")
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as files:
        return Path(files.extract("torchvision/models/resnet.py", folder))


def test_every_op_and_module_of_all_presets_is_linked_there_too(resnet_py: Path) -> None:
    if resnet_py.read_bytes() == installed().read_bytes():
        return  # Then all other tests of the walk have run on it.
    expect_linked(resnet_py, "linked or condition or folded or stages or second_block")


def test_line_numbers_are_read_and_not_known(tmp_path: Path) -> None:
    """A release whose lines stand elsewhere: eleven lower, as if its head were longer."""
    moved = tmp_path / "resnet.py"
    moved.write_text("# A line of a longer head.\n" * 11 + installed().read_text())
    expect_linked(moved, "(linked and resnet18) or second_block or three_calls")


def installed() -> Path:
    found = find_spec("torchvision")
    assert found is not None
    assert found.origin is not None
    return Path(found.origin).parent / "models" / "resnet.py"


def expect_linked(resnet_py: Path, which: str) -> None:
    """In one process: it is that file which is walked, and these tests of the walk hold on it."""
    code = (
        "import sys, pytest, tests.model.walk.older_torchvision\n"
        "from resnet_viz import PRESETS, walk_build\n"
        "print(walk_build(PRESETS['resnet50']).files[0].sha256, flush=True)\n"
        f"sys.exit(pytest.main(['-p', 'no:cacheprovider', 'tests/model/walk/test_records.py', '-k', {which!r}]))"
    )
    environment = {**os.environ, VARIABLE: str(resnet_py), "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=600
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]
    assert done.stdout.split()[0] == hashlib.sha256(resnet_py.read_bytes()).hexdigest()
