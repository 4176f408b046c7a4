"""云巩固振兴组〔2021〕1号, in force from 2021-07-31."""

from fanpin.rules.roles import PERMISSIONS
from fanpin.rules.sets.ruleset import RuleSet
from fanpin.rules.stages import TABLE

RULES = RuleSet(
    code="yn2021_1",
    document="云巩固振兴组〔2021〕1号",
    table=TABLE,
    permissions=PERMISSIONS,
    notice_workdays=5,
    reviews_per_year=1,
)
