"""Streamlit's own words in the reader's language: its interface is English only.

The browser replaces them where they appear (`js/stock_words.js`). A message with a field in braces stands for any text
there. A test looks for each of them in Streamlit's scripts, for they may change with its version.
"""

from __future__ import annotations

from contextvars import copy_context

from resnet_viz.i18n import SOURCE_LANGUAGE, _, current_language, use_language


def stock_words() -> dict[str, str]:
    """Returns Streamlit's words and their translations; nothing in English."""
    if current_language() == SOURCE_LANGUAGE:
        return {}
    return dict(zip(copy_context().run(_in_english), _say(), strict=True))


def english_words() -> tuple[str, ...]:
    """Returns Streamlit's words as it has them."""
    return copy_context().run(_in_english)


def _in_english() -> tuple[str, ...]:
    use_language(SOURCE_LANGUAGE)
    return _say()


def _say() -> tuple[str, ...]:
    return (
        # Fields.
        _("Press Enter to apply"),
        _("Error:"),
        _("Number is outside the allowed range. Please enter a value between {least} and {most}."),
        _("Increment"),
        _("Decrement"),
        # Lists.
        _("Choose an option"),
        _("Choose options"),
        _("No options to select"),
        _("No results"),
        _("Add: {word}"),
        _("Open"),
        # Uploaders.
        _("Upload"),
        _("{size} per file"),
        _("{size} per file • {endings}"),
        _("{type} files are not allowed."),
        _("File must be {size} or smaller."),
        _("file upload"),
        _("Add files"),
        _("Remove {name}"),
        # Buttons around the widgets.
        _("Help for {label}"),
        _("Copy to clipboard"),
        _("Copied"),
        _("Fullscreen"),
        _("Close fullscreen"),
        _("Download as CSV"),
        _("Show/hide columns"),
        _("Search"),
        # The page.
        _("Skip to main content"),
        _("Sidebar"),
        _("Collapse sidebar"),
        _("Expand sidebar"),
        _("Main menu"),
        _("Print"),
        _("Settings"),
    )
