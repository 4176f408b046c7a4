"""What somebody looks for: a name stands in the address, an ID number only sealed, so that no log or history keeps it."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from dataclasses import dataclass

from flask import request

from fanpin import crypto
from fanpin.blueprints.guard import actor, today
from fanpin.rules.identity import check
from fanpin.rules.privacy import FindingKind, mask_id, scan

SEALED = "~"
LONGEST = 60
LONGEST_SEALED = 300
NUMBERS = frozenset({FindingKind.ID_NUMBER, FindingKind.CERTIFICATE, FindingKind.ACCOUNT})


@dataclass(frozen=True)
class Sought:
    """What is looked for: the words for the query, as the address keeps them, and as the page shows them."""

    text: str = ""
    kept: str = ""
    shown: str = ""

    def __bool__(self) -> bool:
        return bool(self.text)


def sought(name: str = "q") -> Sought:
    """Return what the address asks for; a number that somebody typed into the address itself is not looked for."""
    kept = "".join(char for char in request.args.get(name, "")[:LONGEST_SEALED] if char.isprintable()).strip()
    if kept.startswith(SEALED):
        text = _open(kept)
        return Sought(text, kept, mask_id(text)) if text else Sought()
    plain = kept[:LONGEST]
    return Sought() if is_number(plain) else Sought(plain, plain, plain)


def address_of(text: str) -> str:
    """Return how an address may say what is looked for: a name as it is, a number sealed for this person and day."""
    plain = "".join(char for char in text[:LONGEST] if char.isprintable()).strip()
    if not is_number(plain):
        return plain
    number = check(plain)
    sealed = crypto.encrypt(number.canonical if number.ok else plain, aad=_bound())
    return SEALED + urlsafe_b64encode(sealed).decode("ascii")


def is_number(text: str) -> bool:
    """Say whether a text is, or holds, a number of a person."""
    return check(text).ok or any(found.kind in NUMBERS for found in scan(text))


def _open(kept: str) -> str:
    try:
        return crypto.decrypt(urlsafe_b64decode(kept[len(SEALED):].encode()), aad=_bound()).decode()
    except (crypto.DecryptionError, NotBase64, ValueError):
        return ""


def _bound() -> bytes:
    return f"sought|{actor().user_id}|{today()}".encode()
