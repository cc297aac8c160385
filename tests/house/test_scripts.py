"""The browser's half of the house: what its scripts may know and are called, and that their types are true."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tests.house import script_rules
from tests.places import ROOT
from tools import declare_payloads

COMPONENTS = ROOT / "resnet_viz" / "ui" / "components"
SCRIPTS = script_rules.scripts(COMPONENTS)
# Scripts that cannot say a type, with how often they say `any` instead.
UNTYPED: Mapping[str, int] = {}


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: str(path.relative_to(COMPONENTS)))
def test_no_markup_from_strings_and_no_file_too_long(script) -> None:
    code = script.read_text(encoding="utf-8")
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function", code)
    assert not re.search(r"@ts-(?:nocheck|ignore|expect-error)", code)
    assert len(code.splitlines()) <= 300


def test_there_are_scripts() -> None:
    assert len(SCRIPTS) > 50
    assert sum(len(script_rules.known_to(script)) for script in SCRIPTS) > 100


@pytest.mark.parametrize(
    "rule",
    [
        script_rules.crowded_folders,
        script_rules.vague_names,
        script_rules.wrong_imports,
        script_rules.circles,
        script_rules.repeated_names,
        script_rules.dead_scripts,
        script_rules.own_addresses,
        script_rules.long_templates,
        script_rules.speechless_scripts,
    ],
    ids=lambda rule: rule.__name__,
)
def test_scripts_keep_the_rules(rule: Callable[[Path], list[object]]) -> None:
    assert rule(COMPONENTS) == []


def test_what_is_exported_is_imported() -> None:
    assert script_rules.idle_exports(COMPONENTS, ROOT / "tests") == []


def test_types_are_said() -> None:
    assert script_rules.loose_types(COMPONENTS, UNTYPED) == []


def test_the_declarations_of_what_python_sends_are_those_of_its_typed_dicts() -> None:
    """After a change: python -m tools.declare_payloads."""
    assert declare_payloads.FILE.read_text(encoding="utf-8") == declare_payloads.declare()


# The rules find what is wrong

PYTHON = 'js = join_modules(_HERE / "js" / "walk_view.js")\n'
HEAD = "// What it is for.\n\n"


def make_components(folder: Path, files: Mapping[str, str]) -> Path:
    """Components in a folder: one named walk_view, whose entry imports nothing, and the given files."""
    for name, text in {"walk_view/__init__.py": PYTHON, "walk_view/js/walk_view.js": HEAD, **files}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder.resolve()


@pytest.mark.parametrize(
    ("file", "line", "is_wrong"),
    [
        ("walk_view/js/x.js", 'import { a } from "./y.js";\n', False),
        ("walk_view/js/deep/x.js", 'import { a } from "../../../browser/y.js";\n', False),
        ("walk_view/js/x.js", 'import { a } from "../../graph_view/js/y.js";\n', True),
        ("walk_view/js/x.js", '/** @import { A } from "../../graph_view/js/y.js" */\n', True),
        ("walk_view/js/x.js", '/** @import { A } from "../../payloads.d.ts" */\n', False),
        ("walk_view/js/x.js", 'import { a } from "../../../../other.js";\n', True),
        ("browser/x.js", 'import { a } from "./y.js";\n', False),
        ("browser/x.js", 'import { a } from "../walk_view/js/y.js";\n', True),
    ],
)
def test_an_import_from_elsewhere_is_found(tmp_path: Path, file: str, line: str, is_wrong: bool) -> None:
    components = make_components(tmp_path / "ui" / "components", {file: line})
    assert bool(script_rules.wrong_imports(components)) is is_wrong


@pytest.mark.parametrize(
    ("a", "b", "is_wrong"),
    [
        ('import { b } from "./b.js";\n', "", False),
        ('import { b } from "./b.js";\n', 'import { a } from "./a.js";\n', True),
        ('import {\n  b,\n} from "./b.js";\n', '/** @import { A } from "./a.js" */\n', True),
        ('/** @import { B } from "./b.js" */\n', '/** @import { A } from "./a.js" */\n', True),
    ],
)
def test_a_circle_of_scripts_is_found(tmp_path: Path, a: str, b: str, is_wrong: bool) -> None:
    components = make_components(tmp_path, {"walk_view/js/a.js": a, "walk_view/js/b.js": b})
    found = script_rules.circles(components)
    assert found == ([["walk_view/js/a.js", "walk_view/js/b.js"]] if is_wrong else [])


@pytest.mark.parametrize(
    ("a", "file", "b", "found"),
    [
        ("const one = 1;\n", "walk_view/js/deep/b.js", "function two() {}\n", []),
        ("const one = 1;\n", "walk_view/js/deep/b.js", "function* one() {}\n", ["walk_view: one"]),
        ("export class One {\n", "browser/b.js", "export async function One() {}\n", ["walk_view: One"]),
        ("const one = 1;\n", "crop_view/js/a.js", "const one = 1;\n", []),
        ("const one = 1;\n", "walk_view/js/b.js", "{\n  const one = 1;\n}\n", []),
    ],
)
def test_a_name_that_stands_twice_is_found(tmp_path: Path, a: str, file: str, b: str, found: list[str]) -> None:
    components = make_components(tmp_path, {"walk_view/js/a.js": a, file: b})
    assert script_rules.repeated_names(components) == found


@pytest.mark.parametrize(
    ("files", "found"),
    [
        ({}, []),
        ({"walk_view/js/walk_view.js": 'import { a } from "./a.js";\n', "walk_view/js/a.js": ""}, []),
        ({"walk_view/js/a.js": '/** @import { B } from "./b.js" */\n', "walk_view/js/b.js": ""}, ["walk_view/js/a.js"]),
        ({"walk_view/__init__.py": f'{PYTHON}join_modules(_HERE / "js" / "gone.js")'}, ["walk_view/js/gone.js"]),
    ],
)
def test_a_script_that_nobody_needs_is_found(tmp_path: Path, files: Mapping[str, str], found: list[str]) -> None:
    assert script_rules.dead_scripts(make_components(tmp_path, files)) == found


@pytest.mark.parametrize(
    ("other", "found"),
    [
        ("const b = 1;\n", ["walk_view/js/a.js: a"]),
        ('import { a } from "./a.js";\n', []),
        ('import { b } from "./a.js";\n', ["walk_view/js/a.js: a"]),
    ],
)
def test_an_export_that_nobody_imports_is_found(tmp_path: Path, other: str, found: list[str]) -> None:
    files = {"walk_view/js/a.js": "export function a() {}\n", "walk_view/js/b.js": other}
    assert script_rules.idle_exports(make_components(tmp_path / "ui", files), tmp_path / "tests") == found


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("a.test.js", 'import { a } from "../ui/walk_view/js/a.js";\n'),
        ("test_a.py", 'in_node("walk_view/js/a.js", "return names.a();")\n'),
    ],
)
def test_a_test_has_a_use_for_an_export(tmp_path: Path, file: str, text: str) -> None:
    components = make_components(tmp_path / "ui", {"walk_view/js/a.js": "export function a() {}\n"})
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / file).write_text(text, encoding="utf-8")
    assert script_rules.idle_exports(components, tmp_path / "tests") == []


@pytest.mark.parametrize(
    ("line", "count"),
    [
        ("/** @param {any} value */\n", 1),
        ("/** @type {Map<string, any[]>} */\n", 1),
        ("/**\n * @typedef {{ one: any, two: Array<any> }} Both\n */\n", 2),
        ("/** @param {unknown} value any at all */\n", 0),
        ("// As {any} other.\n", 0),
        ("/** @param {Company} many */\n", 0),
    ],
)
def test_a_type_that_is_not_said_is_counted(tmp_path: Path, line: str, count: int) -> None:
    components = make_components(tmp_path, {"walk_view/js/a.js": line})
    assert script_rules.loose_types(components, {"walk_view/js/a.js": count}) == []
    assert bool(script_rules.loose_types(components, {})) is (count > 0)


@pytest.mark.parametrize(
    ("rule", "file", "text", "is_wrong"),
    [
        (script_rules.own_addresses, "walk_view/js/a.js", 'fetch("/tiles?node=conv1");\n', True),
        (script_rules.own_addresses, "walk_view/js/a.js", "new URL(`tiles?${address}`, document.baseURI);\n", True),
        (script_rules.own_addresses, "walk_view/js/a.js", "new URL(`${route}?${address}`, document.baseURI);\n", False),
        (script_rules.own_addresses, "walk_view/js/a.js", "prefetch(`tiles`);\n", False),
        (script_rules.vague_names, "browser/utils.js", HEAD, True),
        (script_rules.vague_names, "walk_view/js/common/a.js", HEAD, True),
        (script_rules.vague_names, "browser/element.js", HEAD, False),
        (script_rules.long_templates, "walk_view/js/a.js", "const a = `\n// ${b}`;\n", True),
        (script_rules.long_templates, "walk_view/js/a.js", "// ` is a\nconst a = `${b}`;\n", False),
        (script_rules.speechless_scripts, "walk_view/js/a.js", "const one = 1;\n", True),
        (script_rules.speechless_scripts, "walk_view/js/a.js", "// Helpers\n\nconst one = 1;\n", True),
        (script_rules.speechless_scripts, "walk_view/js/a.js", f"{HEAD}const one = 1;\n", False),
        (script_rules.speechless_scripts, "walk_view/js/a.js", "// Two.\n//\n// Parts.\n", False),
    ],
)
def test_a_wrong_script_is_found(
    tmp_path: Path, rule: Callable[[Path], list[str]], file: str, text: str, is_wrong: bool
) -> None:
    assert bool(rule(make_components(tmp_path, {file: text}))) is is_wrong


@pytest.mark.parametrize(("n", "is_wrong"), [(14, False), (15, True)])
def test_a_crowded_folder_is_found(tmp_path: Path, n: int, is_wrong: bool) -> None:
    components = make_components(tmp_path, {f"walk_view/js/{at}.js": HEAD for at in range(n)})
    assert bool(script_rules.crowded_folders(components)) is is_wrong
