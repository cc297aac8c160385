"""Sentences for the reader are translated, wherever they stand."""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st

from resnet_viz import errors as family
from tests.house import rules
from tests.places import ROOT

FILES = [
    ROOT / "app.py",
    *sorted((ROOT / "resnet_viz" / "ui").rglob("*.py")),
    *sorted((ROOT / "resnet_viz" / "views").rglob("*.py")),
]
# `st.exception` is no one's here; the logger's writes to the log.
SPOKEN = {name for name in dir(st) if not name.startswith("_")} - {"exception"} - set(dir(builtins))
SENTENCE = re.compile(r"[^\W\d_]{2,} [^\W\d_]{2,}")


def calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield getattr(node.func, "attr", getattr(node.func, "id", "")), node


def untranslated(call: ast.AST) -> Iterator[str]:
    """Sentences inside a call that are in no `_()` or `n_()`."""
    for part in ast.iter_child_nodes(call):
        if isinstance(part, ast.Constant) and isinstance(part.value, str) and SENTENCE.search(part.value):
            yield part.value
        elif not (isinstance(part, ast.Call) and getattr(part.func, "id", "") in ("_", "n_")):
            yield from untranslated(part)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_sentences_for_the_reader_are_translated(path: Path) -> None:
    tree = rules.parse(path)
    families = {name for name in vars(family) if name.endswith("Error")}
    for name, call in calls(tree):
        if name in SPOKEN | families:
            assert not list(untranslated(call)), f"{path.name}:{call.lineno}"
        if name in ("_", "n_") and not isinstance(call.args[0], ast.Attribute):
            # Babel reads the words where they stand: a literal, filled only afterwards.
            assert isinstance(call.args[0], ast.Constant), f"{path.name}:{call.lineno}"
