"""The catalogue: every paper whole, public ones within the allow-list, data that freeze and thaw."""

import re
from dataclasses import fields, is_dataclass
from typing import get_args, get_type_hints

import msgspec
import pytest

from fanpin.documents.catalogue import FORMS, PAPERS, UnknownPaper, from_json, paper, to_json
from fanpin.documents.papers_common import PublicHousehold
from fanpin.resources import directory
from fanpin.rules.privacy import PUBLIC_COLUMNS, private_columns
from tests.documents.every_sample import SAMPLES
from tests.house import ROOT

CLAUSES = {"二(一)", "二(三)", "三(一)", "三(二)", "三(三)", "三(四)", "三(五)", "三(六)", "四", "五(一)", "五(二)", "六(一)", "六(二)"}
HARMLESS = {"Place", "Contact", "SkippedDay", "Platform", "PublicHousehold", "AreaFigures"}


def classes_within(data: type) -> set[type]:
    found: set[type] = set()
    for hint in get_type_hints(data).values():
        for part in (hint, *get_args(hint)):
            if is_dataclass(part):
                found |= {part} | classes_within(part)
    return found


def test_every_paper_has_a_sample_and_a_template() -> None:
    assert set(PAPERS) == set(SAMPLES)
    for kind in PAPERS.values():
        assert (directory("templates") / kind.template).is_file(), kind.code


def test_every_form_of_official_practice_has_a_paper_and_every_paper_answers_a_form() -> None:
    assert list(FORMS) == [f"F{number:02d}" for number in range(1, 24)]
    assert all(FORMS.values())
    assert {code for codes in FORMS.values() for code in codes} == set(PAPERS)


def test_the_table_of_papers_tells_what_the_catalogue_holds() -> None:
    rows = [[cell.strip() for cell in line.strip("|").split("|")]
            for line in (ROOT / "docs" / "papers.md").read_text(encoding="utf-8").splitlines() if re.match(r"\| F\d", line)]
    told = [(row[0].split()[0], row[1], row[2], row[3], row[4], row[6]) for row in rows]
    kept = [(form, paper(code).title, f"`{code}`", paper(code).clause, paper(code).issuer.title, "公开" if paper(code).public else "")
            for form, codes in FORMS.items() for code in codes]
    assert told == kept and all(row[5] for row in rows)


@pytest.mark.parametrize("code", PAPERS)
def test_paper_names_its_clause_and_class(code: str) -> None:
    kind = paper(code)
    assert kind.clause in CLAUSES
    assert isinstance(SAMPLES[code], kind.data)


@pytest.mark.parametrize("code", PAPERS)
def test_data_freeze_and_thaw_unchanged(code: str) -> None:
    frozen = to_json(SAMPLES[code])
    assert from_json(code, frozen) == SAMPLES[code]
    assert to_json(from_json(code, frozen)) == frozen


def test_frozen_data_that_lack_a_field_are_refused() -> None:
    with pytest.raises(msgspec.ValidationError):
        from_json("leaflet", '{"contacts":[]}')


def test_unknown_paper_is_refused() -> None:
    with pytest.raises(UnknownPaper):
        paper("no-such-paper")


@pytest.mark.parametrize("code", [code for code, kind in PAPERS.items() if kind.public])
def test_public_paper_cannot_hold_more_of_a_household_than_the_allow_list(code: str) -> None:
    kind = paper(code)
    assert private_columns(kind.columns) == ()
    assert {row.name for row in fields(PublicHousehold)} <= PUBLIC_COLUMNS
    assert {within.__name__ for within in classes_within(kind.data)} <= HARMLESS


@pytest.mark.parametrize("code", [code for code, kind in PAPERS.items() if not kind.public])
def test_internal_paper_names_no_public_columns(code: str) -> None:
    assert paper(code).columns == ()
