"""Enums whose members carry the policy's own Chinese words."""

from enum import Enum
from typing import Self


class TitledEnum(str, Enum):
    """Hold a stable code (`value`) and the Chinese title that pages and papers print."""

    title: str

    def __new__(cls, code: str, title: str) -> Self:
        member = str.__new__(cls, code)
        member._value_ = code
        member.title = title
        return member

    def __str__(self) -> str:
        return self.value

    @classmethod
    def choices(cls) -> list[tuple[str, str]]:
        """Return (code, title) pairs in the order of declaration, as forms want them."""
        return [(member.value, member.title) for member in cls]
