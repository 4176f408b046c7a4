"""Each planted story ends as the policy says, with the sentence that explains it."""

from sqlalchemy import select

from fanpin.cli.demo_cast import STORIES
from fanpin.models.cases import CaseReturn
from fanpin.models.county import FactRow, Inquiry, Question
from fanpin.models.households import Kin
from fanpin.models.measures import Measure
from fanpin.models.notices import Objection
from fanpin.models.outbox import OutboxItem
from fanpin.models.papers import Paper
from fanpin.models.reviews import Review, ReviewConclusion
from fanpin.rules.members import Relation
from fanpin.rules.stages import Stage
from tests.cli.conftest import fanpin
from tests.journeys.conftest import Demo


def test_every_story_was_told_and_is_listed_with_where_to_look(demo: Demo) -> None:
    assert set(demo.told) == {story.code for story in STORIES}
    listed = fanpin(demo.folder, "demo", "stories").output
    for story in STORIES:
        told = demo.told[story.code]
        assert story.title in listed and f"/households/{told.household}" in listed and told.case in listed
        assert told.sentence.endswith("。") and told.sentence in listed


def test_a_car_that_is_a_farm_truck_is_outside_the_wording(demo: Demo) -> None:
    case = demo.case("farm_truck")
    assert demo.findings(case) == [3] and demo.resolution(case).clarification == "production_vehicle"
    assert demo.result(case) == "included" and case.stage is Stage.ASSISTANCE
    assert "不属于条款所指" in demo.told["farm_truck"].sentence and "附件2 第三项" in demo.told["farm_truck"].sentence


def test_an_old_car_is_a_special_case_explained_to_the_villagers(demo: Demo) -> None:
    case = demo.case("old_car")
    resolution = demo.resolution(case)
    assert demo.findings(case) == [3] and resolution.kind == "special_case"
    assert resolution.details["explained_how"] and resolution.details["feedback"] and demo.result(case) == "included"
    assert "向群众专门说明" in demo.told["old_car"].sentence


def test_a_dead_member_is_removed_and_the_household_stays(demo: Demo) -> None:
    case = demo.case("dead_member")
    mother = next(member for member in case.household.members if member.relation is Relation.MOTHER)
    assert demo.resolution(case).circumstance == 9 and demo.resolution(case).kind == "person_removed"
    assert demo.findings(case) == []
    assert mother.left_reason == "death" and mother not in case.household.present_members
    assert case.household.size == 3 and demo.result(case) == "included" and case.stage is Stage.ASSISTANCE
    assert f"只剔除{mother.name}" in demo.told["dead_member"].sentence


def test_a_brother_outside_the_household_is_neither_registered_nor_asked_about(demo: Demo) -> None:
    case = demo.case("brother_outside")
    assert demo.findings(case) == [] and demo.result(case) == "included"
    assert demo.session.scalars(select(Kin).where(Kin.household_id == case.household_id)).all() == []
    asked = demo.session.scalars(select(Question.kin_id).join(Inquiry).where(Inquiry.case_id == case.id)).all()
    assert set(asked) == {None}
    assert "不登记、不查询" in demo.told["brother_outside"].sentence


def test_a_brother_inside_the_household_counts(demo: Demo) -> None:
    case = demo.case("brother_inside")
    assert demo.findings(case) == [1] and demo.resolution(case).kind == "not_included"
    assert demo.result(case) == "not_included" and case.stage is Stage.NOT_INCLUDED
    assert "公务员" in demo.told["brother_inside"].sentence and "附件2 第一项" in demo.told["brother_inside"].sentence


def test_a_father_counts_wherever_he_lives(demo: Demo) -> None:
    case = demo.case("father_official")
    assert demo.findings(case) == [1] and case.stage is Stage.NOT_INCLUDED
    assert "户主之父" in demo.told["father_official"].sentence and "（户外）" in demo.told["father_official"].sentence


def test_who_is_not_included_was_told_so_in_writing(demo: Demo) -> None:
    for code in ("brother_inside", "father_official", "split_household"):
        paper = demo.session.scalars(select(Paper).where(Paper.case_id == demo.case(code).id, Paper.code == "not_included")).one()
        assert paper.file_id is not None, code


def test_a_relocation_flat_is_no_hit(demo: Demo) -> None:
    case = demo.case("resettlement")
    known = demo.session.scalars(select(FactRow.value).where(FactRow.household_id == case.household_id, FactRow.kind == "property"))
    assert known.all() == ["relocation"] and demo.findings(case) == [] and demo.result(case) == "included"
    assert "易地扶贫搬迁安置房" in demo.told["resettlement"].sentence and "没有命中" in demo.told["resettlement"].sentence


def test_a_firm_that_does_no_business_is_outside_the_wording(demo: Demo) -> None:
    case = demo.case("cancelled_firm")
    assert demo.findings(case) == [5] and demo.resolution(case).clarification == "not_operating"
    assert demo.result(case) == "included" and "没有实际开展经营活动" in demo.told["cancelled_firm"].sentence


def test_an_intended_split_is_not_included_on_two_findings(demo: Demo) -> None:
    case = demo.case("split_household")
    details = demo.resolution(case).details
    assert demo.findings(case) == [7] and case.stage is Stage.NOT_INCLUDED
    assert details["fact_holds"] == "yes" and details["criteria_met"] == "no" and details["fact_reason"] and details["criteria_reason"]
    assert "两项认定都成立" in demo.told["split_household"].sentence


def test_one_empty_person_is_removed_and_nobody_else(demo: Demo) -> None:
    case = demo.case("empty_person")
    husband = next(member for member in case.household.members if member.relation is Relation.SON_IN_LAW)
    assert demo.resolution(case).circumstance == 8 and demo.resolution(case).kind == "person_removed"
    assert [member for member in case.household.members if member.left_on] == [husband] and case.household.size == 3
    assert demo.result(case) == "included" and f"只剔除{husband.name}" in demo.told["empty_person"].sentence


def test_a_debtor_who_has_paid_is_no_hit(demo: Demo) -> None:
    case = demo.case("paid_debtor")
    assert demo.findings(case) == [] and demo.result(case) == "included"
    assert "已退出名单" in demo.told["paid_debtor"].sentence and "第十项" in demo.told["paid_debtor"].sentence


def test_an_objection_refuted_stands_in_nobodys_way(demo: Demo) -> None:
    case = demo.case("objection_refuted")
    objection = demo.session.scalars(select(Objection).where(Objection.case_id == case.id)).one()
    assert objection.upheld is False and objection.answer and demo.result(case) == "included"


def test_an_objection_upheld_takes_one_household_off_the_list_and_leaves_the_others(demo: Demo) -> None:
    case, other = demo.case("objection_upheld"), demo.case("objection_refuted")
    objection = demo.session.scalars(select(Objection).where(Objection.case_id == case.id)).one()
    back = demo.session.scalars(select(CaseReturn).where(CaseReturn.case_id == case.id)).one()
    assert objection.upheld and back.evidence_expected and case.stage is Stage.NOT_PROPOSED
    assert other.stage is Stage.ASSISTANCE and other.round == 1


def test_a_silent_department_makes_the_case_wait_until_its_officer_verified_by_hand(demo: Demo) -> None:
    case = demo.case("department_down")
    sentence = demo.told["department_down"].sentence
    assert "还没有答复：自然资源部门" in sentence and "人工核实" in sentence
    by_hand = demo.session.scalars(select(Question).join(Inquiry).where(
        Inquiry.case_id == case.id, Inquiry.department == "natural_resources")).all()
    assert by_hand and all(question.by_hand and question.evidence for question in by_hand)
    assert demo.result(case) == "included"


def test_a_household_without_labour_is_referred_and_tracked_and_does_not_leave(demo: Demo) -> None:
    case = demo.case("no_labour")
    security = demo.session.scalars(select(Measure).where(Measure.case_id == case.id, Measure.department == "civil_affairs",
                                                          Measure.risk == "labour")).one()
    review = demo.session.scalars(select(Review).where(Review.case_id == case.id)).one()
    assert "低保" in security.detail and "民政部门答复" in security.result
    assert review.conclusion is ReviewConclusion.NO_LABOUR and case.stage is Stage.ASSISTANCE
    assert "长期跟踪监测" in demo.told["no_labour"].sentence


def test_the_demo_owes_nothing_that_is_due(demo: Demo) -> None:
    assert demo.session.scalars(select(OutboxItem.error).where(OutboxItem.state != "done")).all() == []
