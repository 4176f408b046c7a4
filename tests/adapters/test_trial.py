"""A sheet through both children: who stands in a row that cannot be taken, or is told of twice, is never found clear."""

from datetime import date
from pathlib import Path

import pytest

from fanpin.adapters.contract import Answer, Known, NotFound, Unavailable
from fanpin.adapters.flow import CONTRADICTED, ROW_REFUSED
from fanpin.adapters.trial import Trial, try_sheet
from tests.adapters.books import IDS
from tests.adapters.samples import ASKING, manifest_of, written

HEADING = "身份证号,姓名,结算日期,自付,查询结果\n"


def tried(folder: Path, *rows: str, body: str = "return row.declared()") -> Trial:
    installed = written(folder, body, *ASKING)
    sheet = folder / "sheet.csv"
    sheet.write_text(HEADING + "\n".join(rows), encoding="utf-8")
    return try_sheet(installed, manifest_of(installed), sheet, as_of=date(2026, 3, 2))


def answers(trial: Trial, n: int) -> list[Answer]:
    return [answer for row in trial.mapped if row.row.keys["id_number"] == IDS[n] for _, answer in row.answers]


def test_what_is_right_is_taken_as_it_is(tmp_path: Path) -> None:
    trial = tried(tmp_path, f"{IDS[0]},样样,2026-01-12,5,", f"{IDS[1]},样样,,,未查到", f"{IDS[2]},样样,,,查无此人")
    assert (trial.taken, trial.refused_rows, trial.whole) == (3, 0, True)
    assert (answers(trial, 1), answers(trial, 2)) == ([Known()], [NotFound()])


@pytest.mark.parametrize("row", ["样样,昨天,5,", "样样,2026-01-12,很多,", "样样,,,不知道", "样样,2026-01-12,=1+1,"])
def test_a_refused_row_answers_that_it_was_not_taken(tmp_path: Path, row: str) -> None:
    trial = tried(tmp_path, f"{IDS[0]},样样,2026-01-12,5,", f"{IDS[1]},{row}")
    assert (trial.taken, trial.refused_rows, trial.whole) == (1, 1, True)
    assert answers(trial, 1) == [Unavailable(ROW_REFUSED)]


def test_a_row_whose_mapping_does_not_fit_answers_so_too(tmp_path: Path) -> None:
    body = 'return [row.fact("medical_cost", amount=row.fen("自付"), date=date(2027, 1, 1))]'
    trial = tried(tmp_path, f"{IDS[0]},样样,2026-01-12,5,", body=body)
    assert (trial.taken, trial.refused_rows) == (0, 1) and answers(trial, 0) == [Unavailable(ROW_REFUSED)]


def test_a_refused_row_about_nobody_known_leaves_the_sheet_not_whole(tmp_path: Path) -> None:
    trial = tried(tmp_path, f"{IDS[0]},样样,2026-01-12,5,", "5.30102E+17,样样,2026-01-12,5,")
    assert (trial.taken, trial.refused_rows, trial.whole) == (1, 1, False)


@pytest.mark.parametrize("second", ["样样,,,未查到", "样样,,,查无此人", "样样,,,暂时无法查询"])
def test_rows_that_contradict_each_other_count_for_nothing(tmp_path: Path, second: str) -> None:
    for rows in ([f"{IDS[0]},样样,2026-01-12,5,", f"{IDS[0]},{second}"], [f"{IDS[0]},{second}", f"{IDS[0]},样样,2026-01-12,5,"]):
        trial = tried(tmp_path, *rows, f"{IDS[1]},样样,2026-01-12,5,")
        assert set(answers(trial, 0)) == {Unavailable(CONTRADICTED)}
        assert [len(row.facts) for row in trial.mapped] == [0, 0, 1]


def test_several_facts_about_one_person_are_no_contradiction(tmp_path: Path) -> None:
    trial = tried(tmp_path, f"{IDS[0]},样样,2026-01-12,5,", f"{IDS[0]},样样,2026-01-13,6,")
    assert [len(row.facts) for row in trial.mapped] == [1, 1] and answers(trial, 0) == []


def test_a_second_row_that_was_refused_leaves_the_person_unanswered(tmp_path: Path) -> None:
    trial = tried(tmp_path, f"{IDS[0]},样样,2026-01-12,5,", f"{IDS[0]},样样,昨天,6,")
    assert set(answers(trial, 0)) == {Unavailable(ROW_REFUSED)} and not any(row.facts for row in trial.mapped)
