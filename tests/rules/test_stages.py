"""The table of the procedure: complete, closed, and refusing every pair that it does not hold."""

from itertools import product

import pytest

from fanpin.models.cases import Case
from fanpin.rules.actions import Action
from fanpin.rules.refusals import NotAllowedHere
from fanpin.rules.requirements import REQUIREMENTS
from fanpin.rules.sets import CURRENT, load
from fanpin.rules.stages import (
    DEPARTURES,
    ENDS,
    ENTERING,
    LEAVING,
    MONITORED,
    OPEN,
    ORDER,
    TABLE,
    Procedure,
    Row,
    Stage,
    clause_of,
    find,
    rows_from,
)
from fanpin.steps.advance import row_for
from tests.rules.test_requirements import COMPLETE

# The headings of 云巩固振兴组〔2021〕1号 that a step of the procedure can rest on.
CLAUSES = {"二(一)", "二(二)", "二(三)", "二(四)", "三(一)", "三(二)", "三(三)", "三(四)", "三(五)", "三(六)", "四", "五(一)", "五(二)",
           "六(一)", "六(二)", "六(三)", "附件1", "附件2"}
ROWS = list(TABLE.values())
PAIRS = list(product(Procedure, Stage, Action))
OUTSIDE = [pair for pair in PAIRS if pair not in TABLE]
Place = tuple[Procedure, Stage]

# Read off 三(三) to 五(二) by hand, not off the table: where each act is done and where it leads.
ROAD = {
    "entering survey": {"survey.not_propose": "not_proposed", "survey.propose": "deliberation"},
    "entering deliberation": {"deliberation.submit": "publicity", "deliberation.decline": "not_proposed",
                              "deliberation.return": "survey"},
    "entering publicity": {"publicity.report": "township", "publicity.return": "deliberation"},
    "entering township": {"township.submit": "county", "township.return": "survey"},
    "entering county": {"county.determine": "county", "county.decline": "county", "county.report": "county",
                        "county.assign": "assistance", "county.not_include": "not_included", "county.refer": "referred",
                        "county.return": "survey"},
    "entering assistance": {"assistance.enter": "assistance", "review.open": "review"},
    "entering review": {"review.continue": "assistance", "review.leave": "survey"},
    "leaving survey": {"survey.confirm": "publicity", "survey.keep": "assistance"},
    "leaving publicity": {"publicity.report": "township", "publicity.return": "survey"},
    "leaving township": {"township.submit": "county", "township.return": "survey"},
    "leaving county": {"county.determine": "county", "county.keep": "assistance", "county.return": "survey",
                       "elimination.mark": "eliminated"},
}


def _place_after(row: Row) -> Place:
    return row.target_procedure or row.procedure, row.target


def reachable() -> set[Place]:
    """Walk the table from where `open_case` puts a case."""
    seen: set[Place] = set()
    ahead: list[Place] = [(Procedure.ENTERING, Stage.SURVEY)]
    while ahead:
        place = ahead.pop()
        if place not in seen:
            seen.add(place)
            ahead.extend(_place_after(row) for row in rows_from(*place))
    return seen


def test_the_table_is_the_road_of_the_policy() -> None:
    told: dict[str, dict[str, str]] = {}
    for row in (*ENTERING, *LEAVING):
        told.setdefault(f"{row.procedure} {row.source}", {})[row.action.value] = row.target.value
    assert told == ROAD


def test_every_stage_is_reached_and_both_ends_of_the_road_with_it() -> None:
    assert {stage for _, stage in reachable()} == set(Stage)


@pytest.mark.parametrize("place", sorted(place for place in reachable() if not place[1].ended), ids=" ".join)
def test_from_every_open_place_an_act_of_its_own_leads_away_and_an_end_can_be_reached(place: Place) -> None:
    away = [row for row in rows_from(*place) if _place_after(row) != place and row.action is not Action.CASE_DEPART]
    assert away
    seen, ahead = set(), [place]
    while ahead:
        here = ahead.pop()
        if here not in seen:
            seen.add(here)
            ahead.extend(_place_after(row) for row in rows_from(*here) if row.action is not Action.CASE_DEPART)
    assert {stage for _, stage in seen} & (ENDS - {Stage.DEPARTED})


def test_a_place_that_cannot_be_reached_has_no_row() -> None:
    assert {(row.procedure, row.source) for row in ROWS} <= reachable()


def test_an_end_leads_nowhere() -> None:
    assert [row for row in ROWS if row.source.ended] == []


def test_the_table_holds_each_row_under_its_own_key_and_none_twice() -> None:
    assert len(TABLE) == len(ENTERING) + len(LEAVING) + len(DEPARTURES)
    assert all(key == (row.procedure, row.source, row.action) for key, row in TABLE.items())
    assert load(CURRENT).table is TABLE


def test_every_row_names_a_clause_of_the_policy_and_requirements_that_exist() -> None:
    assert [row for row in ROWS if row.clause not in CLAUSES] == []
    assert [row for row in ROWS for need in row.requires if REQUIREMENTS.get(need.code) is not need] == []


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.procedure} {row.source} {row.action}")
def test_a_row_is_found_by_its_procedure_stage_and_action(row: Row) -> None:
    assert find(row.procedure, row.source, row.action) is row
    assert row_for(Case(procedure=row.procedure, stage=row.source, ruleset=CURRENT), row.action) is row
    assert row in rows_from(row.procedure, row.source)


def test_every_pair_outside_the_table_is_refused_with_the_action_and_its_clause() -> None:
    assert len(OUTSIDE) + len(TABLE) == len(Procedure) * len(Stage) * len(Action)
    for procedure, stage, action in OUTSIDE:
        assert find(procedure, stage, action) is None
        with pytest.raises(NotAllowedHere) as refused:
            row_for(Case(procedure=procedure, stage=stage, ruleset=CURRENT), action)
        assert refused.value.action == action.value
        assert refused.value.clause == clause_of(action)
        assert stage.title in refused.value.message
        assert action.title in refused.value.message


def test_an_act_that_moves_cases_has_a_clause_and_one_that_does_not_has_none() -> None:
    moving = {row.action for row in ROWS}
    assert {action for action in Action if clause_of(action) in CLAUSES} == moving
    assert all(clause_of(action) == "" for action in Action if action not in moving)


def test_a_row_lists_all_that_is_missing_at_once_and_nothing_of_a_complete_dossier() -> None:
    row = find(Procedure.ENTERING, Stage.SURVEY, Action.SURVEY_PROPOSE)
    assert row is not None
    assert row.missing(COMPLETE) == ()
    nothing = type(COMPLETE)(COMPLETE.case_code, COMPLETE.head_name, "entering", "survey", 1, COMPLETE.today)
    lacking = row.missing(nothing, subject="测试㬹户")
    assert [item.code for item in lacking] == [need.code for need in row.requires]
    assert {item.subject for item in lacking} == {"测试㬹户"}


@pytest.mark.parametrize("row", [row for row in ROWS if row.requires],
                         ids=lambda row: f"{row.procedure} {row.source} {row.action}")
def test_a_row_asks_for_the_parts_that_its_requirements_read(row: Row) -> None:
    assert row.needs == frozenset(part for need in row.requires for part in need.needs)
    assert row.needs


def test_a_return_goes_back_names_what_is_wrong_and_asks_for_no_papers() -> None:
    returns = [row for row in ROWS if row.is_return]
    assert {row.action for row in returns} == {action for action in Action if action.value.endswith(".return")}
    for row in returns:
        assert ORDER[row.target] < ORDER[row.source]
        assert row.requires == ()
        assert row.facts == ("reason", "field", "rule", "evidence_expected")


def test_whatever_ends_or_turns_back_a_case_asks_for_a_reason() -> None:
    back = {(Action.COUNTY_KEEP, Procedure.LEAVING), (Action.SURVEY_KEEP, Procedure.LEAVING),
            (Action.REVIEW_CONTINUE, Procedure.ENTERING)}
    asked = [row for row in ROWS
             if (row.target.ended and row.target is not Stage.ELIMINATED) or (row.action, row.procedure) in back]
    assert [row for row in asked if "reason" not in row.facts] == []


def test_the_two_procedures_share_their_middle() -> None:
    for action, source in ((Action.PUBLICITY_REPORT, Stage.PUBLICITY), (Action.TOWNSHIP_SUBMIT, Stage.TOWNSHIP)):
        way_in, way_out = find(Procedure.ENTERING, source, action), find(Procedure.LEAVING, source, action)
        assert way_in is not None and way_out is not None
        assert way_in.target is way_out.target
        assert {need.code for need in way_in.requires} - {need.code for need in way_out.requires} <= {"township.measures"}
        assert {need.code for need in way_out.requires} <= {need.code for need in way_in.requires}
    determined = [find(procedure, Stage.COUNTY, Action.COUNTY_DETERMINE) for procedure in Procedure]
    shared = set.intersection(*({need.code for need in row.requires} for row in determined if row))
    assert {"county.inquiries", "county.signed", "county.not_asked"} <= shared


def test_the_notice_is_the_same_five_days_both_ways() -> None:
    for procedure in Procedure:
        row = find(procedure, Stage.PUBLICITY, Action.PUBLICITY_REPORT)
        assert row is not None
        assert {"publicity.groups", "publicity.platform", "publicity.five_days", "publicity.objections",
                "publicity.no_upheld", "publicity.report"} == {need.code for need in row.requires}


def test_the_procedure_changes_only_on_the_way_out_and_on_a_refused_leaving() -> None:
    changes = {(row.procedure, row.action, row.target_procedure) for row in ROWS if row.target_procedure}
    assert changes == {(Procedure.ENTERING, Action.REVIEW_LEAVE, Procedure.LEAVING),
                       (Procedure.LEAVING, Action.SURVEY_KEEP, Procedure.ENTERING),
                       (Procedure.LEAVING, Action.COUNTY_KEEP, Procedure.ENTERING)}


def test_a_household_becomes_monitored_only_through_determination_report_and_lead_department() -> None:
    into = [row for row in ROWS if row.target in MONITORED and row.source not in MONITORED
            and row.procedure is Procedure.ENTERING]
    assert [row.action for row in into] == [Action.COUNTY_ASSIGN]
    assert {"county.determined", "county.reported", "county.lead"} <= {need.code for need in into[0].requires}


def test_a_household_may_move_away_or_die_out_from_every_place() -> None:
    places = {(row.procedure, row.source) for row in DEPARTURES}
    assert places == {place for place in reachable() if not place[1].ended}
    assert {row.target for row in DEPARTURES} == {Stage.DEPARTED}


def test_an_ended_stage_says_so() -> None:
    assert {stage for stage in Stage if stage.ended} == ENDS
    assert set(OPEN) | ENDS == set(Stage)
    assert not set(OPEN) & ENDS
