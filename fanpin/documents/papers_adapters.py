"""The certificate of a department's adapter."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, kw_only=True)
class CertificateCase:
    """One case that was tried, and how it ended."""

    title: str
    state: str
    text: str
    seconds: str


@dataclass(frozen=True, kw_only=True)
class AdapterCertificate:
    """What was tried with an adapter of this very digest, and what came of it."""

    name: str
    version: str
    digest: str
    title: str
    department: str
    contract: int
    as_of: date
    ok: bool
    conclusion: str
    cases: tuple[CertificateCase, ...]
