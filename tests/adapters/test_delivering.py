"""Outlets: an item's parcel, opened by the core alone; whatever is about anybody else, or could run, is refused whole."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from fanpin.adapters import distributions, run
from fanpin.adapters.delivering import deliver, seal
from fanpin.adapters.distributions import Installed
from fanpin.adapters.failures import AdapterFailed
from fanpin.adapters.parcels import Errand, Item, Parcel
from fanpin.rules import national

FOLDER = Path(__file__).parent / "outlet_faults"
NOTICE = Item(errand=Errand.POST_NOTICE, values={"title": "公示"}, rows=(
    {"number": "1", "head_name": "样甲"}, {"number": "2", "head_name": "样乙"}))
HOUSEHOLD = Item(errand=Errand.ENTER, values={"head_name": "样丙", "head_id": "53999919600301100X"}, rows=({"name": "样丙", "id_number": "53999919600301100X"},))
BUSY = "memory output error exit signal cpu timeout"


@dataclass(frozen=True)
class Ends:
    """How a fault ends: with one of some codes, as a security event or not (None: where the kernel has walls)."""

    codes: str
    security: bool | None = False


ENDS = {
    "answers_under_a_wrong_token": Ends("stranger", security=True),
    "puts_an_earlier_person_into_a_later_item": Ends("stranger", security=True),
    "forges_an_opaque_word": Ends("stranger", security=True),
    "writes_two_people_into_one_row": Ends("mixed", security=True),
    "hides_an_id_in_words": Ends("id_inside", security=True),
    "adds_rows": Ends("rows"), "says_a_person_twice": Ends("rows"), "leaves_somebody_out": Ends("rows"),
    "writes_formulas": Ends("formula"), "writes_backwards": Ends("unclean"), "makes_crooked_rows": Ends("shape"),
    "says_nothing": Ends("empty"), "returns_no_parcel": Ends("error"), "says_a_gigabyte": Ends(BUSY),
    "says_too_long_a_text": Ends("malformed"), "nests_deeply": Ends("malformed"), "hangs": Ends("timeout"),
    "sends_by_itself": Ends("error", security=None),
}


def outlet(name: str) -> Installed:
    path = FOLDER / f"{name}.py"
    return Installed("fanpin-fault", name, "", "", path, distributions.digest(path))


def parcels(name: str, *items: Item) -> list[Parcel]:
    installed = outlet(name)
    manifest = run.declared(installed).manifest
    assert manifest is not None
    return deliver(installed, manifest, items)


def test_every_fault_of_the_folder_has_an_end() -> None:
    assert {path.stem for path in FOLDER.glob("*.py")} - {"way", "sound"} == set(ENDS)


def test_the_core_opens_what_the_outlet_only_placed() -> None:
    notice, household = parcels("sound", NOTICE, HOUSEHOLD)
    assert (notice.title, notice.rows) == ("公示", (("1", "样甲"), ("2", "样乙")))
    assert household.rows == (("", "样丙"),)


@pytest.mark.parametrize("name", ENDS)
def test_a_faulty_outlet_is_refused_with_one_sentence(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "MAP_SECONDS", 5)
    with pytest.raises(AdapterFailed) as failed:
        parcels(name, NOTICE, HOUSEHOLD)
    failure, ends = failed.value.failure, ENDS[name]
    assert failure.code in ends.codes.split() and ends.security in (None, failure.security)
    assert not any(word in failure.text for word in ("样甲", "样丙", "53999919600301100X", "53018119600301100X"))


def test_nothing_of_a_person_reaches_the_outlet_in_plain_words() -> None:
    every = {column.code: f"{column.title}的内容" for column in national.columns()}
    sealed = seal(Item(errand=Errand.ENTER, values=every, rows=(every,)), {})
    plain = {code for words in (sealed.item.values, *sealed.item.rows) for code, value in words.items() if not value.startswith("⟦")}
    personal = {column.code for column in national.columns() if column.sensitive or column.type in ("name", "id", "certificate", "phone", "account")}
    assert personal and not plain & personal


def test_a_word_is_new_in_each_request() -> None:
    first, second = seal(NOTICE, {}), seal(NOTICE, {})
    assert first.token != second.token and not set(first.opened) & set(second.opened)
