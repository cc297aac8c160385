"""Excerpts of a source: around the meant lines, and coloured."""

from resnet_viz.views.inspect.source import SourceLines
from resnet_viz.views.structure.excerpt import cut_excerpt


def part(code: str, first: int = 101) -> SourceLines:
    return SourceLines("a.py", "f", first, first + len(code.splitlines()) - 1, code)


LONG = part("\n".join(f"line{n}" for n in range(50)))


def numbers(code: str, most: int = 7) -> list[int]:
    return [line.number for line in cut_excerpt(LONG, code, most).lines]


def test_what_is_meant_has_a_few_lines_before_it_and_what_there_is_after_it() -> None:
    assert numbers("line25") == list(range(123, 130))
    assert numbers("line25", 30) == list(range(121, 151))
    assert numbers("line49") == list(range(147, 151))
    assert numbers("line0") == numbers("") == numbers("nowhere") == list(range(101, 108))
    assert len(numbers("line49", 50)) == 50
    # More than fits begins at the first.
    assert numbers("line1")[0] == 102


def test_it_says_whether_it_goes_on_and_which_lines_are_meant() -> None:
    found = cut_excerpt(LONG, "line25", 3)
    assert (found.has_before, found.has_after) == (True, True)
    assert [line.is_meant for line in found.lines] == [False, True, False]
    whole = cut_excerpt(part("a\nb"), "", 3)
    assert (whole.has_before, whole.has_after, len(whole.lines)) == (False, False, 2)


def test_words_of_the_language_strings_and_comments_are_told_apart_and_nothing_is_lost() -> None:
    (line,) = cut_excerpt(part('    if x is None: return "no # <b>"  # why not')).lines
    assert line.indent == 4
    assert "".join(text for _kind, text in line.pieces) == 'if x is None: return "no # <b>"  # why not'
    kinds = [(kind, text) for kind, text in line.pieces if kind]
    assert kinds == [
        *(("keyword", word) for word in ("if", "is", "None", "return")),
        ("text", '"no # <b>"'),
        ("comment", "# why not"),
    ]
