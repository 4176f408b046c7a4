"""The long forms that several tests fill in."""

from fanpin.rules.survey import GUARANTEE_TITLES, SurveyItem
from tests.browser.people import Person


def fill_survey(person: Person, *, leaving: bool) -> None:
    """Fill the survey sheet in front of a person and save it."""
    person.put(
        visitors="周村干、吴驻村", household_signed=True, risk_1="因病", heads_now="3", heads_year="3", income_a1="30000",
        income_e="3000.5", compliant_spending="" if leaving else "20000",
        conclusion="风险已消除" if leaving else "自付医疗费较高，存在返贫风险",
        **{f"item_{item.value}": f"{item.title}已入户查清" for item in SurveyItem},
        **{f"guarantee_{name}": "yes" for name in GUARANTEE_TITLES},
        judgement_income_stability="stable", judgement_industry_continuity="continuing",
        judgement_employment_stability="stable", judgement_guarantees="safe",
        judgement_rigid_spending="none" if leaving else "large")
    if not leaving:
        person.put(household_class="unstable")
    person.press("保存调查表")


def hold_meeting(person: Person, *, place: str, decision: str, came: tuple[int, ...]) -> None:
    """Write the minutes in front of a person."""
    names = ("party_members", "household_heads", "others")
    person.put(place=place, host="周村干", recorder="吴驻村", summary="逐户通报情况，听取意见", decided=True, decision=decision,
               **{f"attendance-0-{name}": str(number) for name, number in zip(names, came, strict=False)})
    person.press("登记").reads("已登记")


def review_sheet(person: Person, *, measures: int) -> None:
    """Judge every measure and point of the yearly review."""
    judged = {"fit": "针对性强，符合该户实际", "effect": "成效明显"}
    person.put(risk_points="大病已治愈，风险已消除", income_stability="务工收入稳定", spending="可控", motivation="积极务工",
               conclusion="stable", **{f"measures-{row}-{name}": value
                                       for row in range(measures) for name, value in judged.items()})
    person.press("保存评议").reads("成效评议已登记")
