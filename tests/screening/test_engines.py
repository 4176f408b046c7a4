"""One household on sqlite3: the ten circumstances, case by case, and against a plain reading in Python."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fanpin.rules.book import RuleSeverity
from fanpin.rules.duties import KINDS
from fanpin.rules.inquiries import HOUSEHOLD, PersonRole
from fanpin.rules.members import Relation
from fanpin.screening.engines import FactRow, Finding, PersonRow, household_notes, screen_household

ASOF = date(2026, 3, 2)
HEAD = PersonRow(subject="1", name="演示甲", role=PersonRole.MEMBER, relation=Relation.HEAD)
BROTHER_INSIDE = PersonRow(subject="2", name="演示乙", role=PersonRole.MEMBER, relation=Relation.SIBLING)
BROTHER_OUTSIDE = PersonRow(subject="2", name="演示乙", role=PersonRole.KIN, relation=Relation.SIBLING)
SON_OUTSIDE = PersonRow(subject="3", name="演示丙", role=PersonRole.KIN, relation=Relation.SON)
WIFE = PersonRow(subject="4", name="演示丁", role=PersonRole.MEMBER, relation=Relation.SPOUSE)


def _fact(kind: str, value: str, *, subject: str = "1", id: int = 1, **more: object) -> FactRow:
    return FactRow(id=id, subject=subject, kind=kind, value=value, **more)  # type: ignore[arg-type]


def _screen(*facts: FactRow, persons: tuple[PersonRow, ...] = (HEAD, WIFE)) -> tuple[Finding, ...]:
    return screen_household(facts, persons, ASOF)


def _found(*facts: FactRow, persons: tuple[PersonRow, ...] = (HEAD, WIFE)) -> list[tuple[int, str]]:
    return [(finding.circumstance, finding.person) for finding in _screen(*facts, persons=persons)]


@pytest.mark.parametrize(("kind", "value", "circumstance"), [
    ("public_office", "civil_servant", 1), ("public_office", "institution", 1), ("village_committee_pay", "paid", 2),
    ("vehicle", "private_car", 3), ("vehicle", "unknown", 3), ("property", "flat", 4), ("property", "town_shop", 4),
    ("property", "town_self_built", 4), ("property", "town_business", 4), ("company", "91", 5),
    ("hukou_movement", "split", 7), ("hukou_movement", "merge", 7), ("empty_residence", "person", 8),
    ("person_status", "dead", 9), ("person_status", "imprisoned", 9), ("person_status", "missing", 9),
    ("not_sharing", "not_sharing", 9), ("credit_discipline", "dishonest_debtor", 10),
])
def test_a_fact_inside_the_words_is_found(kind: str, value: str, circumstance: int) -> None:
    assert _found(_fact(kind, value)) == [(circumstance, "1")]


@pytest.mark.parametrize(("kind", "value", "circumstance"), [
    ("large_grower", "large", 6), ("hired_labour", "hires", 6), ("empty_residence", "household", 8),
])
def test_a_fact_about_the_household_is_found_for_the_household(kind: str, value: str, circumstance: int) -> None:
    assert _found(_fact(kind, value, subject=HOUSEHOLD)) == [(circumstance, HOUSEHOLD)]


@pytest.mark.parametrize(("kind", "value"), [
    ("vehicle", "farm"), ("vehicle", "freight"), ("vehicle", "motorcycle"), ("vehicle", "disabled_aid"),
    ("property", "relocation"), ("property", "resettlement"), ("property", "homestead"), ("company", "92"),
    ("company", "93"),
    ("public_office", "welfare_post"), ("public_office", "off_staff"), ("village_committee_pay", "group_leader"),
    ("village_committee_pay", "unpaid"), ("hukou_movement", "moved_in"), ("dibao", "dibao"), ("pension", "employee"),
])
def test_a_fact_outside_the_words_is_not_found(kind: str, value: str) -> None:
    assert _found(_fact(kind, value)) == []


@pytest.mark.parametrize(("kind", "value"), [("large_grower", "ordinary"), ("hired_labour", "exchange")])
def test_an_ordinary_farm_is_not_found(kind: str, value: str) -> None:
    assert _found(_fact(kind, value, subject=HOUSEHOLD)) == []


def test_a_brother_inside_the_household_counts_and_one_outside_does_not() -> None:
    office = _fact("public_office", "civil_servant", subject="2")
    assert _found(office, persons=(HEAD, BROTHER_INSIDE)) == [(1, "2")]
    assert _found(office, persons=(HEAD, BROTHER_OUTSIDE)) == []


def test_the_heads_son_counts_wherever_he_lives_and_only_for_public_office() -> None:
    office, car = _fact("public_office", "institution", subject="3"), _fact("vehicle", "private_car", subject="3", id=2)
    assert _found(office, car, persons=(HEAD, SON_OUTSIDE)) == [(1, "3")]


def test_a_stranger_is_never_found() -> None:
    assert _found(_fact("vehicle", "private_car", subject="99")) == []


def test_a_deregistered_firm_and_a_retired_teacher_are_not_found() -> None:
    assert _found(_fact("company", "91", date=date(2015, 1, 1), ended=date(2020, 1, 1))) == []
    assert _found(_fact("public_office", "institution", ended=ASOF)) == []


@pytest.mark.parametrize(("begun", "ended", "counts"), [
    (ASOF, None, True), (ASOF + timedelta(days=1), None, False), (None, ASOF + timedelta(days=1), True),
    (None, ASOF, False),
])
def test_a_fact_counts_from_its_day_until_the_day_it_ends(begun: date | None, ended: date | None, counts: bool) -> None:
    assert bool(_found(_fact("vehicle", "private_car", date=begun, ended=ended))) is counts


def test_an_old_car_is_found_all_the_same() -> None:
    assert _found(_fact("vehicle", "private_car", date=date(2003, 1, 1), label="演示牌旧轿车")) == [(3, "1")]


def test_a_company_of_unknown_activity_asks_whether_it_operates() -> None:
    finding, = _screen(_fact("company", "91", ref="A"))
    assert finding.rule == "c05_unverified" and "是否实际开展经营活动" in finding.explanation


def test_a_company_that_operates_says_so_and_shows_both_facts() -> None:
    finding, = _screen(_fact("company", "91", ref="A"), _fact("business_activity", "operating", ref="A", id=2))
    assert (finding.rule, finding.evidence) == ("c05_operating", (1, 2))


def test_a_company_said_to_be_idle_is_still_put_before_people_with_that_evidence() -> None:
    finding, = _screen(_fact("company", "91", ref="A"), _fact("business_activity", "idle", ref="A", id=2))
    assert (finding.rule, finding.evidence) == ("c05_unverified", (1, 2)) and "未实际经营" in finding.explanation


def test_a_sole_trader_is_noted_and_no_hit() -> None:
    note, = household_notes([_fact("company", "92")], [HEAD], ASOF)
    assert note.rule == "c05_trader" and note.severity is RuleSeverity.NOTE and _screen(_fact("company", "92")) == ()


@pytest.mark.parametrize(("kind", "value"), [("credit_discipline", "joint_discipline"), ("hukou_movement", "split")])
def test_an_entry_alone_is_a_candidate_that_waits_for_the_second_finding(kind: str, value: str) -> None:
    finding, = _screen(_fact(kind, value))
    assert finding.severity is RuleSeverity.CANDIDATE and "分别认定" in finding.explanation


def test_a_whole_empty_household_is_told_from_one_empty_person() -> None:
    whole, = _screen(_fact("empty_residence", "household", subject=HOUSEHOLD))
    single, = _screen(_fact("empty_residence", "person"))
    assert (whole.rule, single.rule) == ("c08_household", "c08_person")
    assert whole.explanation.startswith("本户：") and "不影响其他成员" in single.explanation


def test_the_ninth_speaks_of_the_person_and_not_of_the_household() -> None:
    finding, = _screen(_fact("person_status", "imprisoned", subject="4"))
    assert finding.person == "4" and "不影响整户" in finding.explanation


def test_an_explanation_names_person_fact_question_and_clause() -> None:
    finding, = _screen(_fact("vehicle", "private_car", date=date(2019, 5, 1), label="演示牌轿车"))
    assert finding.explanation == ("演示甲：机动车——小型载客汽车（非营运），演示牌轿车，初次登记日期2019年5月1日。"
                                   "请核实实际用途，是否属于购买的消费型汽车（附件2 第三项）。")
    kin, = _screen(_fact("public_office", "institution", subject="3"), persons=(HEAD, SON_OUTSIDE))
    assert kin.explanation.startswith("户主之子演示丙（户外）：")


def test_the_digest_changes_with_the_evidence_and_not_with_its_numbers() -> None:
    car = _fact("vehicle", "private_car", ref="A")
    digests = [_screen(*facts)[0].evidence_digest for facts in (
        [car], [replace(car, id=77)], [replace(car, ref="B")], [car, replace(car, id=2, ref="B")],
        [replace(car, subject="4")])]
    assert digests[0] == digests[1] and len(set(digests)) == 4


def test_the_digest_does_not_depend_on_the_order_of_facts() -> None:
    one, two = _fact("vehicle", "private_car", ref="A"), _fact("vehicle", "unknown", ref="B", id=2)
    assert _screen(one, two)[0].evidence_digest == _screen(replace(two, id=1), replace(one, id=2))[0].evidence_digest


def test_two_facts_with_one_number_are_refused() -> None:
    with pytest.raises(ValueError, match="one id"):
        _screen(_fact("vehicle", "farm"), _fact("vehicle", "private_car"))


def test_text_from_outside_stays_text() -> None:
    nasty = "x'); DROP TABLE fact_row; --"
    assert _found(_fact("vehicle", "private_car", ref=nasty, label=nasty), _fact("vehicle", nasty, id=2)) == [(3, "1")]


# A plain reading of 附件2, written apart from the book.
TOWN = {"flat", "town_self_built", "town_shop", "town_business", "unknown"}
OFFICE = {"civil_servant", "managed_as_civil", "institution", "state_enterprise", "unknown"}
NEAR = {Relation.FATHER, Relation.MOTHER, Relation.SPOUSE, Relation.SON, Relation.DAUGHTER}


def _inside(fact: FactRow, role: str, relation: Relation | None) -> int | None:
    value = fact.value
    if fact.kind == "public_office" and value in OFFICE:
        return 1 if role == "member" or role == "kin" and relation in NEAR else None
    member, within = role == "member", role in ("member", "household")
    table = {
        "village_committee_pay": 2 if value == "paid" and member else None,
        "vehicle": 3 if value in ("private_car", "unknown") and member else None,
        "property": 4 if value in TOWN and member else None,
        "company": 5 if value == "91" and member else None,
        "large_grower": 6 if value == "large" and within else None,
        "hired_labour": 6 if value == "hires" and within else None,
        "hukou_movement": 7 if value in ("split", "merge") and within else None,
        "empty_residence": 8 if (value == "household" and within) or (value == "person" and member) else None,
        "person_status": 9 if member else None, "not_sharing": 9 if member else None,
        "credit_discipline": 10 if member else None,
    }
    return table.get(fact.kind)


def _oracle(facts: list[FactRow], persons: list[PersonRow]) -> dict[tuple[int, str], set[int]]:
    roles: dict[str, tuple[str, Relation | None]] = {HOUSEHOLD: ("household", None)}
    roles.update({person.subject: (person.role.value, person.relation) for person in persons})
    current = [fact for fact in facts
               if (fact.date is None or fact.date <= ASOF) and (fact.ended is None or fact.ended > ASOF)]
    found: dict[tuple[int, str], set[int]] = {}
    for fact in current:
        number = _inside(fact, *roles[fact.subject]) if fact.subject in roles else None
        if number is not None:
            found.setdefault((number, fact.subject), set()).add(fact.id)
    for fact in current:
        if fact.kind == "business_activity" and (5, fact.subject) in found:
            found[5, fact.subject].add(fact.id)
    return found


DAYS = st.none() | st.dates(ASOF - timedelta(days=2), ASOF + timedelta(days=2))
SCREENED = sorted({"public_office", "village_committee_pay", "vehicle", "property", "company", "business_activity",
                   "large_grower", "hired_labour", "hukou_movement", "empty_residence", "person_status", "not_sharing",
                   "credit_discipline", "dibao"})


@st.composite
def _worlds(draw: st.DrawFn) -> tuple[list[FactRow], list[PersonRow]]:
    persons = [PersonRow(subject=str(number), name=f"演示{number}", role=draw(st.sampled_from(PersonRole)),
                         relation=draw(st.sampled_from(Relation))) for number in range(draw(st.integers(0, 5)))]
    subjects = st.sampled_from([HOUSEHOLD, "stranger", *(person.subject for person in persons)])
    facts = []
    for number in range(draw(st.integers(0, 12))):
        kind = KINDS[draw(st.sampled_from(SCREENED))]
        value = draw(st.sampled_from(sorted(kind.codes)))
        facts.append(FactRow(id=number, subject=draw(subjects), kind=kind.code, value=value,
                             date=draw(DAYS), ended=draw(DAYS)))
    return facts, persons


@settings(max_examples=150, deadline=None)
@given(_worlds())
def test_the_sql_agrees_with_a_plain_reading_of_the_ten(world: tuple[list[FactRow], list[PersonRow]]) -> None:
    facts, persons = world
    found: dict[tuple[int, str], set[int]] = {}
    for finding in screen_household(facts, persons, ASOF):
        found.setdefault((finding.circumstance, finding.person), set()).update(finding.evidence)
    assert found == _oracle(facts, persons)
