"""Who may be monitored (二(一), 二(三)): class and residence, each judged with its reason; no number decides."""

from collections.abc import Collection

from fanpin.rules.risks import Risk
from fanpin.rules.titles import TitledEnum
from fanpin.rules.verdicts import Verdict

CLASS_CLAUSE, RESIDENCE_CLAUSE = "二(一)", "二(三)"


class HouseholdClass(TitledEnum):
    """监测对象类别."""

    UNSTABLE = ("unstable", "脱贫不稳定户")
    MARGINAL = ("marginal", "边缘易致贫户")
    SUDDEN = ("sudden", "突发严重困难户")


def judge_residence(*, lives_here: bool, rural_services: bool, hukou_place: str = "") -> Verdict:
    """二(三): 实际在农村生产生活、享受农村公共服务及待遇的农村常住人口; the hukou opens and closes nothing."""
    if not lives_here:
        return Verdict(False, "该户不在本村实际生产生活，请核实常住地，由常住地受理", RESIDENCE_CLAUSE)
    if not rural_services:
        return Verdict(False, "该户未享受农村公共服务及待遇，请核实是否为农村常住人口", RESIDENCE_CLAUSE)
    elsewhere = f"；户口在{hukou_place}，不影响识别" if hukou_place else ""
    return Verdict(True, f"实际在农村生产生活、享受农村公共服务及待遇{elsewhere}", RESIDENCE_CLAUSE)


def judge_class(
    household_class: HouseholdClass,
    *,
    lifted: bool,
    risks: Collection[Risk],
    large_spending: bool = False,
    income_drop: bool = False,
    serious_difficulty: str = "",
) -> Verdict:
    """二(一): judge the chosen class; `serious_difficulty` is what people saw of 基本生活出现严重困难."""
    if not risks:
        return _no("还没有写明返贫致贫风险点")
    if household_class is HouseholdClass.UNSTABLE:
        return _judge_unstable(lifted)
    if household_class is HouseholdClass.MARGINAL:
        return _judge_marginal(lifted)
    return _judge_sudden(large_spending, income_drop, serious_difficulty.strip())


def possible_classes(*, lifted: bool) -> tuple[HouseholdClass, ...]:
    """Return the classes that the household's kind leaves open; 突发严重困难户 is open to both."""
    first = HouseholdClass.UNSTABLE if lifted else HouseholdClass.MARGINAL
    return first, HouseholdClass.SUDDEN


def _judge_unstable(lifted: bool) -> Verdict:
    if lifted:
        return _yes("脱贫户，存在返贫风险")
    return _no("该户不是脱贫户，不能定为脱贫不稳定户；存在致贫风险的请选边缘易致贫户")


def _judge_marginal(lifted: bool) -> Verdict:
    if lifted:
        return _no("该户是脱贫户，不能定为边缘易致贫户；存在返贫风险的请选脱贫不稳定户")
    return _yes("非脱贫户，存在致贫风险")


def _judge_sudden(large_spending: bool, income_drop: bool, serious_difficulty: str) -> Verdict:
    causes = [text for holds, text in ((large_spending, "刚性支出较大"), (income_drop, "收入大幅缩减")) if holds]
    if not causes:
        return _no("突发严重困难户须有刚性支出较大或收入大幅缩减，请核对调查表的判断")
    if not serious_difficulty:
        return _no("请写明该户基本生活出现严重困难的具体情况")
    return _yes(f"{'、'.join(causes)}，导致基本生活出现严重困难：{serious_difficulty}")


def _yes(reason: str) -> Verdict:
    return Verdict(True, reason, CLASS_CLAUSE)


def _no(reason: str) -> Verdict:
    return Verdict(False, reason, CLASS_CLAUSE)
