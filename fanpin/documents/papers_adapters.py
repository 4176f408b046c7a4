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
class CertificateGroup:
    """The cases of one table, or those that all tables share."""

    title: str
    cases: tuple[CertificateCase, ...]


@dataclass(frozen=True, kw_only=True)
class AdapterCertificate:
    """What was tried with an adapter of this very digest, and what came of it; `failed` are the cases to be mended."""

    name: str
    version: str
    digest: str
    title: str
    department: str
    contract: int
    as_of: date
    machine: str
    ok: bool
    counts: str
    failed: tuple[CertificateCase, ...]
    groups: tuple[CertificateGroup, ...]
    walled: int
