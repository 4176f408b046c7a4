"""Column types: instants that refuse naive values, titled codes, encrypted text, public references."""

import secrets
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, Dialect, LargeBinary, String
from sqlalchemy.types import TypeDecorator

from fanpin import crypto
from fanpin.rules.titles import TitledEnum

REF_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
REF_LENGTH = 14


def new_ref() -> str:
    """Return a random public reference of 14 letters and digits (69 bits), easily read aloud."""
    ref = ""
    while len(ref) < REF_LENGTH:
        # Five bits of each random byte are a letter; the one number too many is thrown away, so that all are as likely.
        ref += "".join(REF_ALPHABET[byte & 31] for byte in secrets.token_bytes(REF_LENGTH + 4) if byte & 31 < len(REF_ALPHABET))
    return ref[:REF_LENGTH]


class Instant(TypeDecorator[datetime]):
    """Store an aware instant as UTC; refuse a naive one."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime was given where an instant is stored")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Code(TypeDecorator[TitledEnum]):
    """Store a titled enum by its code."""

    impl = String(40)
    cache_ok = True

    def __init__(self, titled: type[TitledEnum]) -> None:
        super().__init__()
        self.titled = titled

    def process_bind_param(self, value: TitledEnum | str | None, dialect: Dialect) -> str | None:
        return None if value is None else self.titled(value).value

    def process_result_value(self, value: str | None, dialect: Dialect) -> TitledEnum | None:
        return None if value is None else self.titled(value)


class Encrypted(TypeDecorator[str]):
    """Store text under the ambient keyring, bound to the column's name so that values cannot be swapped."""

    impl = LargeBinary
    cache_ok = True

    def __init__(self, column: str) -> None:
        super().__init__()
        self.column = column

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:
        return None if value is None else crypto.encrypt(value, aad=self.column.encode())

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> str | None:
        return None if value is None else crypto.decrypt(bytes(value), aad=self.column.encode()).decode()


def bytewise(length: int) -> String:
    """Return a text type that every database compares byte by byte, so that a range is what it says and uses the index."""
    return String(length).with_variant(String(length, collation="C"), "postgresql")


def path_column_type() -> String:
    """Return the type of an area path."""
    return bytewise(120)


Json = dict[str, Any]
