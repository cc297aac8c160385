"""The translations: each has every message, filled from the same values, and says something else than English."""

from __future__ import annotations

import ast
import re
from contextvars import copy_context
from functools import cache
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from resnet_viz import i18n
from resnet_viz.spec.resnet import PRESETS
from resnet_viz.views.teach.beliefs import BELIEFS
from resnet_viz.views.teach.glossary import list_terms
from tests.house import rules

_HAN = "[\u3400-\u9fff]"
_HALF = re.compile(f"{_HAN}[,.;:?!()]|[,.;:?!()]{_HAN}")
# Parentheses of arithmetic, of a function's argument and of a shape: mathematics, not a sentence.
_FORMULA = re.compile(r"\([^()]*[×÷−⌊][^()]*\)|\((?=[a-zA-Z]\)|[A-Z], )[^()]*\)")

TRANSLATED = [language for language in i18n.languages() if language != i18n.SOURCE_LANGUAGE]


@cache
def read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file)


def words(message: Message) -> list[tuple[str, str]]:
    """Each text with its translation. A language may have fewer forms than English: the last one has all values."""
    said = message.string or ""
    texts = [said] if isinstance(said, str) else list(said)
    source = str(message.id[-1]) if isinstance(message.id, tuple) else str(message.id)
    return [(source, text) for text in texts]


def fields(text: str) -> set[str]:
    return {name for _text, name, _format, _conversion in Formatter().parse(text) if name is not None}


@pytest.fixture(params=TRANSLATED)
def catalogue(request: pytest.FixtureRequest) -> Catalog:
    return read(i18n.LOCALE_DIR / request.param / "LC_MESSAGES" / f"{i18n.DOMAIN}.po")


def test_chinese_is_there() -> None:
    assert "zh_CN" in TRANSLATED


def test_no_message_is_missing_and_none_is_left_over(catalogue: Catalog) -> None:
    wanted = {message.id for message in read(i18n.LOCALE_DIR / f"{i18n.DOMAIN}.pot") if message.id}
    assert len(wanted) > 1_000
    assert {message.id for message in catalogue if message.id} == wanted
    assert [text for message in catalogue if message.id for text, said in words(message) if not said.strip()] == []
    assert [message.id for message in catalogue if message.id and message.fuzzy] == []


def test_every_text_of_the_source_is_collected() -> None:
    """Also one within an f-string, which the collector passes over."""
    collected = {message.id for message in read(i18n.LOCALE_DIR / f"{i18n.DOMAIN}.pot")}
    known = {text for found in collected for text in (found if isinstance(found, tuple) else (found,))}
    calls = [
        node
        for path in Path(i18n.__file__).parent.rglob("*.py")
        for node in ast.walk(rules.parse(path))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("_", "n_")
    ]
    said = [text.value for call in calls for text in call.args[:2] if isinstance(text, ast.Constant)]
    assert len(said) > 1_000
    assert [text for text in said if isinstance(text, str) and text not in known] == []


def inside_f_strings(tree: ast.AST) -> list[str]:
    """Texts that the collector misses: those of a call inside an f-string, and f-strings that are to be translated."""
    strings = [node for node in ast.walk(tree) if isinstance(node, ast.JoinedStr)]
    inside = [call for string in strings for call in ast.walk(string) if _is_said(call)]
    asked = [call for call in ast.walk(tree) if _is_said(call) and isinstance(call, ast.Call)]
    of_values = [call for call in asked if any(isinstance(text, ast.JoinedStr) for text in call.args)]
    return [ast.unparse(call) for call in (*inside, *of_values)]


def _is_said(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) in ("_", "n_")


def test_no_text_stands_in_an_f_string() -> None:
    right, wrong = (
        'f"{name}" + _("of")',
        ("f\"<p>{_('Name')}</p>\"", 'i18n._(f"{n} blocks")', "f\"{n_('a', 'b', 2):>4}\""),
    )
    assert inside_f_strings(ast.parse(right)) == []
    assert all(inside_f_strings(ast.parse(text)) for text in wrong)
    sources = rules.sources(Path(i18n.__file__).parent)
    assert {str(path): found for path in sources if (found := inside_f_strings(rules.parse(path)))} == {}


def test_what_is_filled_in_is_the_same(catalogue: Catalog) -> None:
    for message in catalogue:
        for text, said in words(message) if message.id else ():
            assert fields(said) == fields(text), text
            assert said.count("`") == text.count("`"), text
            assert (said[:1].isspace(), said[-1:].isspace()) == (text[:1].isspace(), text[-1:].isspace()), text


def half_width(text: str) -> list[str]:
    """The places where punctuation of half width touches a Chinese character, code and what is filled in aside."""
    plain = re.sub(r"`[^`]*`|\{[^}]*\}|https?://\S+", "x", text)
    while (flat := _FORMULA.sub("x", plain)) != plain:
        plain = flat
    return [plain[max(0, found.start() - 8) : found.end() + 8] for found in _HALF.finditer(plain)]


def test_chinese_has_its_own_punctuation(catalogue: Catalog) -> None:
    for wrong in ("通道数.", "各(阶段)", "注:", "为什么?"):
        assert half_width(wrong)
    for right in ("（输入）。", "`层(1)`", "输出 × (输入 ÷ 分组)", "捷径(x)"):
        assert not half_width(right)
    said = [text for message in catalogue if message.id for _source, text in words(message)]
    assert [place for text in said for place in half_width(text)] == []


def test_sentences_are_translated(catalogue: Catalog) -> None:
    """Names stay as they are; what has several plain words is a sentence."""
    same = [text for message in catalogue if message.id for text, said in words(message) if said == text]
    assert [text for text in same if text.count(" ") > 3] == []
    assert len(same) < 0.06 * len(catalogue)


def test_texts_come_out_in_the_language() -> None:
    def say() -> list[str]:
        i18n.use_language("zh_CN")
        return [BELIEFS[0].claim(), *(term.definition() for term in list_terms()), i18n._("Explore")]

    said = copy_context().run(say)
    assert all(any("\u4e00" <= letter <= "\u9fff" for letter in text) for text in said)
    assert PRESETS["resnet18"].name == "ResNet-18"
