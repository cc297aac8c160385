"""Translation: `_("…")` returns a message from the catalogue of the current context's language.

Sessions share one process, so the language is a context variable, never a global. Where a context has none, the
callback set by `ask_for_language` is called. Translate first, then fill in values: `_("{n} blocks").format(n=3)`.
"""

from __future__ import annotations

import gettext
from collections.abc import Callable
from contextvars import ContextVar
from functools import cache
from io import BytesIO
from pathlib import Path

DOMAIN = "resnet_viz"
LOCALE_DIR = Path(__file__).parent / "locale"
SOURCE_LANGUAGE = "en"
Words = Callable[[], str]
"""Words in the language of the moment: looked up when they are shown, not when the module that has them is loaded."""

_language: ContextVar[str | None] = ContextVar("resnet_viz_language", default=None)
_ask: list[Callable[[], str | None]] = []


@cache  # asked for each message where a context has no language, as in callbacks
def languages() -> tuple[str, ...]:
    """Returns the codes of the available languages: English and every catalogue under `locale/`."""
    found = sorted(path.parent.parent.name for path in LOCALE_DIR.glob(f"*/LC_MESSAGES/{DOMAIN}.po"))
    return (SOURCE_LANGUAGE, *found)


def current_language() -> str:
    """Returns the language code of this context, as in `en`. Include it in the key of any cache of translated text."""
    return _language.get() or next(filter(None, (ask() for ask in _ask)), SOURCE_LANGUAGE)


def ask_for_language(ask: Callable[[], str | None]) -> None:
    """Sets the callback for contexts without a language, in all threads. It may return None: English is then used."""
    _ask[:] = [ask]


def match_language(asked: str) -> str | None:
    """Returns the code in `languages()` for a browser's tag, as in `zh-TW`: equal, else of the same primary language.

    None without a match.
    """
    name = asked.replace("-", "_").lower()
    known = languages()
    same = (code for code in known if code.lower() == name)
    akin = (code for code in known if code.lower().partition("_")[0] == name.partition("_")[0])
    return next(same, None) or next(akin, None)


def language_name(language: str) -> str:
    """Returns the language's name in that language, as in `中文`."""
    from babel import Locale  # imported late: most runs never need it

    return Locale.parse(language).get_language_name() or language


def use_language(language: str) -> None:
    """Sets the language of the current context; an unknown code means English."""
    _language.set(language if language in languages() else SOURCE_LANGUAGE)


@cache
def _catalogue(language: str) -> gettext.NullTranslations:
    """Compiles the .po file in memory: a .mo file on disk would be one more file to build and keep in step."""
    if language == SOURCE_LANGUAGE:
        return gettext.NullTranslations()
    from babel.messages.mofile import write_mo  # imported late: most runs never need it
    from babel.messages.pofile import read_po

    compiled = BytesIO()
    with (LOCALE_DIR / language / "LC_MESSAGES" / f"{DOMAIN}.po").open("rb") as written:
        write_mo(compiled, read_po(written, locale=language))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def _(message: str) -> str:
    """Returns `message` translated for this context, or unchanged where the catalogue has no entry."""
    return _catalogue(current_language()).gettext(message)


def n_(singular: str, plural: str, n: int) -> str:
    """Returns the plural form of a message for the number `n`, translated."""
    return _catalogue(current_language()).ngettext(singular, plural, n)
