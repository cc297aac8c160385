"""Imported first in a process: torchvision's `resnet.py` is taken from another release than the installed one.

The file's path is in `RESNET_VIZ_RESNET_PY`. The rest of torchvision stays as it is: that file is plain Python, and
what is told of a walk is read from it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_file_location
from types import ModuleType

VARIABLE, MODULE = "RESNET_VIZ_RESNET_PY", "torchvision.models.resnet"


class _Finder(MetaPathFinder):
    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        return spec_from_file_location(MODULE, os.environ[VARIABLE]) if fullname == MODULE else None


if VARIABLE in os.environ:
    assert MODULE not in sys.modules, "too late: torchvision is imported already"
    sys.meta_path.insert(0, _Finder())
