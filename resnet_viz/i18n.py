"""Words in the reader's language: `_("…")` looks a message up in the catalogue of the current context.

Sessions share one process, so the language is a context variable, never a global. Where a context has none, whoever
shows the words may know (`ask_for_language`). A text with values in it is translated first and filled afterwards:
`_("{n} blocks").format(n=3)`.
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


def languages() -> tuple[str, ...]:
    """The languages that can be chosen: English and every catalogue under `locale/`."""
    found = sorted(path.parent.parent.name for path in LOCALE_DIR.glob(f"*/LC_MESSAGES/{DOMAIN}.po"))
    return (SOURCE_LANGUAGE, *found)


def current_language() -> str:
    """The language of this context, as in `en`. It belongs in the key of whatever caches words."""
    return _language.get() or next(filter(None, (ask() for ask in _ask)), SOURCE_LANGUAGE)


def ask_for_language(ask: Callable[[], str | None]) -> None:
    """Ask this where a context has no language, from now on and in all threads; None means that it cannot tell."""
    _ask[:] = [ask]


def match_language(asked: str) -> str | None:
    """The one of `languages()` that suits a name as browsers give it, `zh-TW`: that one, or one akin to it."""
    name = asked.replace("-", "_").lower()
    known = languages()
    same = (code for code in known if code.lower() == name)
    akin = (code for code in known if code.lower().partition("_")[0] == name.partition("_")[0])
    return next(same, None) or next(akin, None)


def language_name(language: str) -> str:
    """What a language calls itself, as in `中文`."""
    from babel import Locale  # here and not above: most readers never need it

    return Locale.parse(language).get_language_name() or language


def use_language(language: str) -> None:
    """Choose the language for the rest of this context; an unknown one means English."""
    _language.set(language if language in languages() else SOURCE_LANGUAGE)


@cache
def _catalogue(language: str) -> gettext.NullTranslations:
    """Read as it was written: a compiled one would be a file more to be made, and to be out of date."""
    if language == SOURCE_LANGUAGE:
        return gettext.NullTranslations()
    from babel.messages.mofile import write_mo  # here and not above: most readers never need it
    from babel.messages.pofile import read_po

    compiled = BytesIO()
    with (LOCALE_DIR / language / "LC_MESSAGES" / f"{DOMAIN}.po").open("rb") as written:
        write_mo(compiled, read_po(written, locale=language))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def _(message: str) -> str:
    """`message` in the language of this context, or as it is where the catalogue has no entry."""
    return _catalogue(current_language()).gettext(message)


def n_(singular: str, plural: str, n: int) -> str:
    """The form of a message that suits the number `n`."""
    return _catalogue(current_language()).ngettext(singular, plural, n)
