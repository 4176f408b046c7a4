"""Verification codes: short, unmistakable, read back however they are typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanpin.documents.verification import ALPHABET, BadCode, format_code, read_code, verification_code, verify_path


@given(st.binary(min_size=8, max_size=64))
def test_printed_code_reads_back(digest: bytes) -> None:
    code = verification_code(digest)
    assert len(code) == 12 and set(code) <= set(ALPHABET)
    assert read_code(format_code(code)) == code


@pytest.mark.parametrize("typed", ["7kq2m9xrwb4t", " 7KQ2-M9XR-WB4T ", "7KQ2 M9XR WB4T", "７ＫＱ２－Ｍ９ＸＲ－ＷＢ４Ｔ", "7KQ2—M9XR—WB4T"])
def test_code_is_read_however_it_is_typed(typed: str) -> None:
    assert read_code(typed) == "7KQ2M9XRWB4T"


@pytest.mark.parametrize("typed", ["", "7KQ2", "7KQ2M9XRWB4T9", "0KQ2M9XRWB4T", "7KQ2M9XRWB4I", "七KQ2M9XRWB4T"])
def test_what_cannot_be_a_code_is_refused_with_a_sentence(typed: str) -> None:
    with pytest.raises(BadCode, match="12位"):
        read_code(typed)


def test_other_digest_gives_another_code() -> None:
    assert verification_code(b"a" * 32) != verification_code(b"b" * 32)


def test_short_digest_is_refused() -> None:
    with pytest.raises(ValueError, match="too short"):
        verification_code(b"1234567")


def test_code_is_printed_in_fours_and_leads_to_a_path() -> None:
    assert format_code("7KQ2M9XRWB4T") == "7KQ2-M9XR-WB4T"
    assert verify_path("7KQ2M9XRWB4T") == "/verify/7KQ2M9XRWB4T"
