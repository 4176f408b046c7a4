"""Channels, sources and the conclusions that sorting ends with."""

import pytest

from fanpin.rules.intake import (
    Channel, DifficultyCategory, KeyCheckStatus, LeadSource, LeadStatus, RoundOccasion, VisitResult, WarningConclusion,
    declaration_problem,
)


def test_the_three_platforms_of_the_policy_and_no_fourth() -> None:
    assert [channel for channel in Channel if channel.is_platform] == [
        Channel.NATIONAL_APP, Channel.NATIONAL_12317, Channel.PROVINCE,
    ]


@pytest.mark.parametrize(("source", "channel", "words"), [
    (LeadSource.DECLARATION, Channel.SPOKEN, ""), (LeadSource.DECLARATION, None, "须选择申报渠道"),
    (LeadSource.MEDIA, None, ""), (LeadSource.ROUND, Channel.PAPER, "不填申报渠道"),
])
def test_only_a_declaration_has_a_channel(source: LeadSource, channel: Channel | None, words: str) -> None:
    found = declaration_problem(source, channel)
    assert words in found and bool(found) is bool(words)


@pytest.mark.parametrize("titled", [
    Channel, LeadSource, LeadStatus, DifficultyCategory, WarningConclusion, RoundOccasion, VisitResult, KeyCheckStatus,
])
def test_every_title_is_its_own_and_every_code_fits_its_column(titled: type) -> None:
    assert len({member.title for member in titled}) == len(titled) > 2
    assert all(len(member.value) <= 40 and member.value.isascii() for member in titled)


def test_no_problem_is_a_result() -> None:
    assert VisitResult.NO_PROBLEM.title == "未发现问题"
