"""What a rule set bundles, so that a case can finish under the one it began with."""

from collections.abc import Mapping
from dataclasses import dataclass

from fanpin.rules.actions import Action
from fanpin.rules.roles import Permission
from fanpin.rules.stages import Procedure, Row, Stage


@dataclass(frozen=True)
class RuleSet:
    """Code, document, the table of the procedure, permissions, and the policy's own numbers."""

    code: str
    document: str
    table: Mapping[tuple[Procedure, Stage, Action], Row]
    permissions: Mapping[Action, Permission]
    notice_workdays: int
    reviews_per_year: int
