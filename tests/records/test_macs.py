"""Multiply-adds that are not, or not all, known: sums and texts."""

import pytest

from resnet_viz.records.macs import Macs, sum_macs


@pytest.mark.parametrize(
    ("parts", "whole"),
    [
        ([], Macs(0)),
        ([Macs(3), Macs(4)], Macs(7)),
        ([Macs(3), Macs(0)], Macs(3)),
        ([Macs(3), Macs(None, True)], Macs(3, True)),
        ([Macs(3), Macs(4, True)], Macs(7, True)),
        ([Macs(0), Macs(None, True)], Macs(None, True)),
        ([Macs(0, True)], Macs(None, True)),
    ],
)
def test_a_sum_counts_what_is_known_and_says_where_more_may_be(parts: list[Macs], whole: Macs) -> None:
    assert sum_macs(parts) == whole


def test_texts() -> None:
    known, bound, unknown = Macs(1_814_073_344), Macs(1_814_073_344, True), Macs(None, True)
    assert [known.text, known.amount, known.exact] == ["1.81 GMACs", "1.81 G", "1,814,073,344"]
    assert [bound.text, bound.amount] == ["at least 1.81 GMACs", "at least 1.81 G"]
    assert bound.exact == "at least 1,814,073,344"
    assert [unknown.text, unknown.amount, unknown.exact] == ["MACs not known", "not known", "not known"]
    assert [unknown.known, bound.times(2), unknown.times(2)] == [0, Macs(3_628_146_688, True), unknown]
