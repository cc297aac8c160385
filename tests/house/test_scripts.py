"""The browser's half of the house: what holds for every script of a component, read from its source."""

from __future__ import annotations

import re

import pytest

from tests.places import ROOT
from tools import declare_payloads

COMPONENTS = ROOT / "resnet_viz" / "ui" / "components"
SCRIPTS = sorted(COMPONENTS.rglob("*.js"))


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: str(path.relative_to(COMPONENTS)))
def test_no_markup_from_strings_and_no_file_too_long(script) -> None:
    code = script.read_text(encoding="utf-8")
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function", code)
    assert not re.search(r"@ts-(?:nocheck|ignore|expect-error)", code)
    assert len(code.splitlines()) <= 300


def test_there_are_scripts() -> None:
    assert len(SCRIPTS) > 50


def test_the_declarations_of_what_python_sends_are_those_of_its_typed_dicts() -> None:
    """After a change: python -m tools.declare_payloads."""
    assert declare_payloads.FILE.read_text(encoding="utf-8") == declare_payloads.declare()
