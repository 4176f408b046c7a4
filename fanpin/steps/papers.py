"""Issue papers: take the number, freeze the data, let the worker print once, count reprints."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from fanpin import audit, crypto
from fanpin.clock import legal_date
from fanpin.documents import catalogue
from fanpin.documents.papers_common import Imprint
from fanpin.documents.printing import Printer, Rendered
from fanpin.documents.verification import verification_code
from fanpin.extensions import read_only
from fanpin.models.areas import Area
from fanpin.models.cases import Case
from fanpin.models.deliberation import VillageList
from fanpin.models.outbox import StoredFile
from fanpin.models.papers import Paper
from fanpin.models.scoped import system_scope
from fanpin.rules.refusals import Refusal
from fanpin.rules.roles import Actor
from fanpin.steps import files, outbox
from fanpin.steps.numbering import next_number

PDF = "application/pdf"


def issue(session: Session, code: str, data: object, *, area: Area, actor: Actor, now: datetime, today: date,
          case: Case | None = None, village_list: VillageList | None = None, area_path: str | None = None,
          household_id: int | None = None, about: str = "") -> Paper:
    """Give the paper its number, freeze its data and owe its printing, in the caller's transaction.

    `area` issues it (its name is in the number); `area_path` is whose file it belongs to, the case's or the list's.
    """
    kind = catalogue.paper(code)
    frozen = catalogue.to_json(data)
    subject = case or village_list
    number = next_number(session, kind.title, area.path, today.year)
    row = Paper(
        code=code, title=kind.title, number=number, case_id=case.id if case else None, household_id=household_id,
        about=about,
        list_id=village_list.id if village_list else None, area_path=area_path or getattr(subject, "area_path", area.path),
        issuer=area.name, data=frozen, data_digest=crypto.digest(frozen.encode()),
        verify_code=verification_code(secrets.token_bytes(16)), issued_at=now, issued_by=actor.name)
    session.add(row)
    session.flush()
    stream = (audit.case_stream(case.id) if case else f"list:{village_list.id}" if village_list
              else audit.household_stream(household_id) if household_id else audit.user_stream(actor.user_id))
    event = audit.record(session, "paper.issue", actor=actor, now=now, stream=stream, object=row.ref,
                         area_path=row.area_path,
                         facts={"paper": code, "number": number, "digest": row.data_digest})
    row.event_hash = event.hash
    outbox.put(session, "paper.render", {"paper": row.id}, now=now)
    return row


def imprint_of(paper: Paper) -> Imprint:
    """Return what identifies the paper on every page."""
    return Imprint(number=paper.number, verify_code=paper.verify_code, event_hash=paper.event_hash.split(":")[-1][:16],
                   issued_on=legal_date(paper.issued_at))


@dataclass(frozen=True)
class Owed:
    """A frozen paper as the press needs it, free of the database."""

    paper_id: int
    code: str
    data: object
    imprint: Imprint


def owed(session: Session, paper_id: int) -> Owed | None:
    """Read a paper that still waits for its printing; ends the reading, so that nobody waits for the press."""
    read_only(session)
    paper = session.scalars(select(Paper).where(Paper.id == paper_id)).one()
    waiting = paper.state == "waiting"
    found = Owed(paper.id, paper.code, catalogue.from_json(paper.code, paper.data), imprint_of(paper)) if waiting else None
    session.rollback()
    return found


def store_printed(session: Session, paper_id: int, rendered: Rendered, store: Path, *, now: datetime) -> None:
    """Keep the first finished bytes of a paper by their digest."""
    paper = session.scalars(select(Paper).where(Paper.id == paper_id)).one()
    file = files.keep(session, store, rendered.pdf, media_type=PDF, name=f"{paper.title}.pdf", area_path=paper.area_path,
                      purpose=f"文书 {paper.number}"[:60], household_id=None, actor="文书打印", now=now)
    paper.state, paper.file_id, paper.pages = "ready", file.id, rendered.pages
    audit.record(session, "paper.ready", actor="文书打印", now=now, stream=_stream(paper), object=paper.ref,
                 area_path=paper.area_path, facts={"paper": paper.code, "digest": file.digest, "pages": rendered.pages})


def store_refused(session: Session, paper_id: int, refusal: Refusal, *, now: datetime) -> None:
    """Keep why a paper was not printed (missing glyph, not public) for its issuer to read."""
    paper = session.scalars(select(Paper).where(Paper.id == paper_id)).one()
    paper.state, paper.problem = "failed", refusal.message[:300]
    audit.record(session, "paper.failed", actor="文书打印", now=now, stream=_stream(paper), object=paper.ref,
                 area_path=paper.area_path, outcome=audit.OUTCOME_REFUSED,
                 facts={"paper": paper.code, "problem": refusal.message})


def bytes_of(session: Session, paper: Paper, store: Path, *, actor: Actor, now: datetime) -> bytes:
    """Return the finished bytes and count the print."""
    file = session.scalars(select(StoredFile).where(StoredFile.id == paper.file_id)).one()
    session.execute(update(Paper).where(Paper.id == paper.id).values(prints=Paper.prints + 1))
    audit.record(session, "paper.print", actor=actor, now=now, stream=_stream(paper), object=paper.ref,
                 area_path=paper.area_path, facts={"paper": paper.code, "prints": paper.prints + 1})
    return files.content_of(store, file)


def by_code(session: Session, code: str) -> Paper | None:
    """Return the paper with the verification code, for the public page that confirms it."""
    with system_scope(session, reason="公开验证文书"):
        return session.scalar(select(Paper).where(Paper.verify_code == code))


def _stream(paper: Paper) -> str:
    if paper.case_id is not None:
        return audit.case_stream(paper.case_id)
    if paper.household_id is not None:
        return audit.household_stream(paper.household_id)
    return f"list:{paper.list_id}" if paper.list_id is not None else audit.SYSTEM_STREAM


class Press:
    """The worker's warm press: started with the first paper, closed with the worker."""

    def __init__(self, store: Path, *, demo: bool) -> None:
        self.store, self.demo = store, demo
        self._printer: Printer | None = None

    def handle(self, session: Session, payload: Mapping[str, object], now: datetime) -> None:
        """Print one owed paper: read and end the reading, print for a second, write at the end."""
        waiting = owed(session, int(str(payload["paper"])))
        if waiting is None:
            return
        if self._printer is None:
            self._printer = Printer()
        try:
            rendered = self._printer.render(waiting.code, waiting.data, imprint=waiting.imprint, demo=self.demo)
        except Refusal as refusal:
            store_refused(session, waiting.paper_id, refusal, now=now)
        else:
            store_printed(session, waiting.paper_id, rendered, self.store, now=now)

    def close(self) -> None:
        """End the press."""
        if self._printer is not None:
            self._printer.close()
