"""Why something was refused: named errors that one place turns into words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Missing:
    """One requirement that is not met: its code, clause, title and the reason in Chinese."""

    code: str
    clause: str
    title: str
    reason: str
    subject: str = ""


class Refusal(Exception):
    """Base of every refusal that a person can understand and mend."""

    message = "不能办理。"

    def __str__(self) -> str:
        return self.message


class NotPermitted(Refusal):
    """The role, area, department or an earlier act of the same person forbids it."""

    def __init__(self, message: str, *, action: str, clause: str) -> None:
        super().__init__(message)
        self.message, self.action, self.clause = message, action, clause


class NotAllowedHere(Refusal):
    """The action does not belong to the case's stage or procedure."""

    def __init__(self, message: str, *, action: str, clause: str, missing: Sequence[Missing] = ()) -> None:
        super().__init__(message)
        self.message, self.action, self.clause, self.missing = message, action, clause, tuple(missing)


class RequirementsNotMet(Refusal):
    """Papers or facts that the clause asks for are missing; each is named."""

    def __init__(self, missing: Sequence[Missing]) -> None:
        super().__init__()
        self.missing = tuple(missing)
        self.message = "还不能办理：" + "；".join(
            (f"{item.subject}：" if item.subject else "") + item.reason for item in self.missing
        )


class AlreadyHandled(Refusal):
    """Somebody else was faster: the page was older than the record."""

    def __init__(self, *, by: str | None = None, at: datetime | None = None) -> None:
        super().__init__()
        self.by, self.at = by, at
        who = f"（{by}）" if by else ""
        self.message = f"这件事刚刚已被他人办理{who}，请重新打开页面查看最新情况。"


class Invalid(Refusal):
    """What was typed cannot be taken; each field has its sentence."""

    def __init__(self, problems: Mapping[str, str] | str) -> None:
        super().__init__()
        self.problems = {"": problems} if isinstance(problems, str) else dict(problems)
        self.message = "；".join(self.problems.values())


class NotFound(Refusal):
    """Nothing of that name within the actor's reach."""

    message = "没有找到这条记录，或不在你的管辖范围内。"
