"""What deliveries prove of absence: for their period, of all but those whose rows they could not take."""

from datetime import date

import pytest

from fanpin.rules.deliveries import Proof, left_open

BILL, WORK = "high_medical_cost", "not_back_at_work"
JANUARY, FEBRUARY, MARCH = date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1)


def proof(number: int, *refused: int, department: str = "medical_insurance", kinds: tuple[str, ...] = (BILL,),
          since: date | None = None, until: date = MARCH) -> Proof:
    return Proof(number=number, department=department, kinds=frozenset(kinds), covers_from=since, as_of=until,
                 refused=frozenset(refused))


@pytest.mark.parametrize(("proofs", "open_kinds"), [
    ([], {}),
    ([proof(1)], {}),
    ([proof(1, 7)], {7: {BILL}}),
    ([proof(1, 7, kinds=(BILL, WORK))], {7: {BILL, WORK}}),
    ([proof(1, 7), proof(2)], {}),
    ([proof(2), proof(1, 7)], {}),
    ([proof(1, 7), proof(2, 7)], {7: {BILL}}),
    ([proof(1, 7, 8), proof(2, 8)], {8: {BILL}}),
    ([proof(1), proof(2, 7)], {7: {BILL}}),
    ([proof(1, 7), proof(2, department="health")], {7: {BILL}}),
    ([proof(1, 7), proof(2, kinds=(WORK,))], {7: {BILL}}),
    ([proof(1, 7, kinds=(BILL, WORK)), proof(2, kinds=(WORK,))], {7: {BILL}}),
    ([proof(2, 7), proof(3, until=FEBRUARY)], {7: {BILL}}),
    ([proof(1, 7), proof(2, since=FEBRUARY)], {7: {BILL}}),
    ([proof(1, 7, since=FEBRUARY), proof(2, since=JANUARY)], {}),
    ([proof(1, 7, since=JANUARY), proof(2, since=FEBRUARY)], {7: {BILL}}),
    ([proof(1, 7, since=JANUARY), proof(2)], {}),
], ids=["nothing told", "nobody refused", "refused", "of every kind", "told since", "in any order", "refused again",
        "one of two told since", "refused later", "by another department", "of another kind", "of one of two kinds",
        "about an earlier day", "about a part of the period", "about a longer period", "about a later period", "about all"])
def test_who_was_refused_is_not_absent_until_told_anew(proofs: list[Proof], open_kinds: dict[int, set[str]]) -> None:
    assert left_open(proofs) == open_kinds
