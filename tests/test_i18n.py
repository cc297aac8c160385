"""Words: one language a context, English where there is no other."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextvars import Context, copy_context
from gettext import NullTranslations
from pathlib import Path

import pytest

from resnet_viz import i18n


class _Shouting(NullTranslations):
    """A catalogue that needs no file."""

    def gettext(self, message: str) -> str:
        return message.upper()

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return (msgid1 if n == 1 else msgid2).upper()


@pytest.fixture
def shouting(monkeypatch: pytest.MonkeyPatch) -> str:
    """A second language, `xx`."""
    known = i18n._catalogue
    monkeypatch.setattr(i18n, "languages", lambda: ("en", "xx"))
    monkeypatch.setattr(i18n, "_catalogue", lambda code: _Shouting() if code == "xx" else known(code))
    return "xx"


def test_english_is_the_default_and_always_there() -> None:
    assert i18n.languages()[0] == "en"
    context = Context()
    assert context.run(i18n.current_language) == "en"
    assert context.run(i18n._, "stage") == "stage"


def test_plural_forms_follow_the_number() -> None:
    assert i18n.n_("{n} block", "{n} blocks", 1) == "{n} block"
    assert i18n.n_("{n} block", "{n} blocks", 2) == "{n} blocks"
    assert i18n.n_("{n} block", "{n} blocks", 0) == "{n} blocks"


@pytest.mark.parametrize("language", ["tlh", "", "EN", "../../etc", "en/../xx"])
def test_an_unknown_language_means_english(language: str) -> None:
    def choose() -> tuple[str, str]:
        i18n.use_language(language)
        return i18n.current_language(), i18n._("stage")

    assert copy_context().run(choose) == ("en", "stage")


def test_an_unknown_language_means_english_after_another(shouting: str) -> None:
    def choose() -> list[str]:
        i18n.use_language(shouting)
        before = i18n._("stage")
        i18n.use_language("tlh")
        return [before, i18n._("stage")]

    assert copy_context().run(choose) == ["STAGE", "stage"]


def test_languages_are_the_catalogues_in_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for code in ("zh_CN", "de"):
        folder = tmp_path / code / "LC_MESSAGES"
        folder.mkdir(parents=True)
        (folder / f"{i18n.DOMAIN}.po").touch()
    (tmp_path / "fr" / "LC_MESSAGES").mkdir(parents=True)
    monkeypatch.setattr(i18n, "LOCALE_DIR", tmp_path)
    assert i18n.languages.__wrapped__() == ("en", "de", "zh_CN")  # those of a process stay what they are


def test_contexts_do_not_mix(shouting: str) -> None:
    one, other = copy_context(), copy_context()
    one.run(i18n.use_language, shouting)
    assert one.run(i18n._, "stage") == "STAGE"
    assert one.run(i18n.n_, "block", "blocks", 2) == "BLOCKS"
    assert other.run(i18n._, "stage") == "stage"
    assert i18n.current_language() == "en"


def test_threads_do_not_mix(shouting: str) -> None:
    both_have_chosen = threading.Barrier(2, timeout=60)

    def session(language: str) -> tuple[str, str]:
        i18n.use_language(language)
        both_have_chosen.wait()
        return i18n.current_language(), i18n._("stage")

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(session, ["en", shouting])) == [("en", "stage"), ("xx", "STAGE")]
    assert i18n.current_language() == "en"


def test_where_a_context_has_no_language_whoever_shows_the_words_is_asked(
    shouting: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(i18n, "_ask", [])
    asked: list[str | None] = [shouting, None, shouting]
    i18n.ask_for_language(lambda: asked.pop(0))
    context = Context()
    assert context.run(i18n._, "stage") == "STAGE"
    assert context.run(i18n._, "stage") == "stage"
    context.run(i18n.use_language, "en")
    assert context.run(i18n._, "stage") == "stage"
    assert asked == [shouting], "a context that has a language asks nobody"
