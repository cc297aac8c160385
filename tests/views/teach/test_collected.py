"""What is taught is one file each: its folder finds it, and its place says where it stands."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

from resnet_viz.views.teach import beliefs, collect, exercises, glossary, lessons
from resnet_viz.views.teach.taught import Lesson

# What every file of a folder gives, and the files that give none: what the others share.
FOLDERS = [
    (lessons, "LESSON", set()),
    (beliefs, "BELIEFS", set()),
    (glossary, "TERMS", set()),
    (exercises, "KIND", {"answers", "chance", "exercise", "grid", "sheet", "tries"}),
]
each_folder = pytest.mark.parametrize(
    ("folder", "attribute", "others"), FOLDERS, ids=[folder.__name__.rpartition(".")[2] for folder, *_rest in FOLDERS]
)


def files_of(folder: ModuleType) -> set[str]:
    return {path.stem for path in Path(str(folder.__file__)).parent.glob("*.py")} - {"__init__"}


@each_folder
def test_each_file_gives_something(folder: ModuleType, attribute: str, others: set[str]) -> None:
    givers = {name for name in files_of(folder) if hasattr(import_module(f"{folder.__name__}.{name}"), attribute)}
    assert files_of(folder) - givers == others
    assert len(collect(folder.__name__, folder.__path__, attribute)) == len(givers)


@each_folder
def test_each_place_stands_once(folder: ModuleType, attribute: str, others: set[str]) -> None:
    offers = collect(folder.__name__, folder.__path__, attribute)
    assert [offer.place for offer in offers] == list(range(1, len(offers) + 1))


def test_each_kind_of_exercise_draws_once() -> None:
    kinds = collect(exercises.__name__, exercises.__path__, "KIND")
    assert sorted(kind.turn for kind in kinds) == list(range(1, len(kinds) + 1))
    assert tuple(kind.id for kind in kinds) == exercises.EXERCISE_KINDS


def test_a_new_file_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "more_lessons"
    folder.mkdir()
    text = "from resnet_viz.views.teach.taught import Lesson\nLESSON = Lesson({name!r}, {place}, str, (), minutes=1)\n"
    (folder / "__init__.py").touch()
    (folder / "shared.py").touch()
    for place, name in ((2, "a"), (1, "b")):
        (folder / f"{name}.py").write_text(text.format(name=name, place=place), encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    found: tuple[Lesson, ...] = collect("more_lessons", [str(folder)], "LESSON")
    assert [lesson.id for lesson in found] == ["b", "a"]
