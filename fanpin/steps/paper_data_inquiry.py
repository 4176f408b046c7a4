"""Papers between county and departments, filled from inquiries and answers (三(六)、附件1)."""

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from fanpin.clock import legal_date
from fanpin.documents import papers_inquiry as papers
from fanpin.documents import papers_offices as offices
from fanpin.documents.catalogue import Issuer
from fanpin.models.cases import Case
from fanpin.models.county import CoverageRow, FactRow, Inquiry, Question
from fanpin.models.deliberation import ListEntry, VillageList
from fanpin.models.surveys import Consent
from fanpin.rules.areas import AreaLevel
from fanpin.rules.checks import CheckState
from fanpin.rules.duties import KINDS
from fanpin.rules.duty_kinds import Basis
from fanpin.rules.stages import Procedure
from fanpin.steps.paper_values import Request, department_name, group_names, month_of

ABOUT_HOUSEHOLD = "全户"


def inquiry_letter(request: Request) -> papers.InquiryLetter:
    """Write to one department about all households of the list that it is asked about: named persons, kinds, grounds."""
    asked = _Asked(request)
    return papers.InquiryLetter(
        place=request.place, issuer=request.issuer(), to=asked.department, leaving=asked.leaving, month=asked.month,
        list_number=asked.list_number, asked_on=max(row.asked_on for row in asked.inquiries),
        due_on=max(row.due_on for row in asked.inquiries), contact_name=request.actor.name,
        contact_phone=request.phone(AreaLevel.COUNTY),
        households=tuple(papers.AskedHousehold(
            group=asked.group(row), head_name=row.head_name, case_code=row.case_code, persons=asked.persons(row))
            for row in asked.inquiries if row.questions))


def inquiry_result(request: Request) -> papers.InquiryResult:
    """Sum up what one department answered about the list, person by person; unanswered stays unanswered."""
    asked = _Asked(request)
    told = Told(request.session, asked.inquiries)
    return papers.InquiryResult(
        place=request.place, issuer=asked.department, to=request.issuer(Issuer.COUNTY), leaving=asked.leaving,
        month=asked.month, list_number=asked.list_number,
        households=tuple(papers.AnsweredHousehold(
            group=asked.group(row), head_name=row.head_name, case_code=row.case_code,
            answers=tuple(told.question(question) for question in row.questions), signed_by=row.signed_by,
            signed_on=legal_date(row.signed_at) if row.signed_at else None) for row in asked.inquiries if row.questions))


class _Asked:
    """The inquiries that one department was sent about the households of one list, with what they rest on."""

    def __init__(self, request: Request) -> None:
        one, session = request.the(Inquiry, "部门核查"), request.session
        case = session.scalars(select(Case).where(Case.id == one.case_id)).one()
        listed = session.scalar(
            select(VillageList).join(ListEntry, ListEntry.list_id == VillageList.id)
            .where(ListEntry.case_id == case.id, VillageList.procedure == one.procedure)
            .order_by(ListEntry.id.desc()).limit(1))
        ids = session.scalars(select(ListEntry.case_id).where(ListEntry.list_id == listed.id)).all() if listed else [case.id]
        rows = session.scalars(select(Inquiry).where(
            Inquiry.department == one.department, Inquiry.procedure == one.procedure, Inquiry.case_id.in_(ids))
            .options(selectinload(Inquiry.questions)).order_by(Inquiry.round)).all()
        latest = {row.case_id: row for row in rows}
        self.inquiries = [latest[number] for number in ids if number in latest]
        if not any(row.questions for row in self.inquiries):
            request.not_yet("没有可以依授权向这个部门查询的事项。")
        county = request.areas()[AreaLevel.COUNTY].name
        self.department = f"{county}{department_name(one.department)}"
        self.leaving = one.procedure is Procedure.LEAVING
        self.month = month_of(listed.month) if listed else ""
        self.list_number = listed.number if listed else one.case_code
        self._groups = group_names(session, [row.area_path for row in self.inquiries])
        self._signed = _signed(session, ids)

    def group(self, row: Inquiry) -> str:
        """Return the villagers' group of the household asked about."""
        return self._groups.get(row.area_path, "")

    def persons(self, row: Inquiry) -> tuple[papers.AskedPerson, ...]:
        """Gather the questions by person, each person once, with the ground on which he or she is asked about."""
        by_person: dict[tuple[int | None, int | None], list[Question]] = defaultdict(list)
        for question in row.questions:
            by_person[question.member_id, question.kin_id].append(question)
        return tuple(papers.AskedPerson(
            name=rows[0].subject_name or ABOUT_HOUSEHOLD, relation=rows[0].subject_relation,
            id_number=rows[0].subject_id_number or "", kinds=tuple(dict.fromkeys(kind_title(each.kind) for each in rows)),
            ground=self._ground(row, rows)) for rows in by_person.values())

    def _ground(self, row: Inquiry, questions: Sequence[Question]) -> str:
        if questions[0].kin_id is not None:
            return "附件2第一项，只核是否国家公职人员"
        if all(each.kind in KINDS and KINDS[each.kind].basis is Basis.DUTY for each in questions):
            return "附件1部门职责"
        consent = self._signed.get(row.case_id)
        signed = {each.member_id: each.signed_on for each in consent.signatures} if consent else {}
        day = signed.get(questions[0].member_id) or (consent.signed_on if consent else None)
        who = "本人" if questions[0].member_id in signed else "户主"
        return f"{who}{day.year}年{day.month}月{day.day}日签署授权承诺书" if day else "附件1部门职责"


def _signed(session: Session, case_ids: Sequence[int]) -> dict[int, Consent]:
    rows = session.scalars(select(Consent).where(Consent.case_id.in_(case_ids), Consent.authorised.is_(True))
                           .options(selectinload(Consent.signatures)).order_by(Consent.id))
    return {row.case_id: row for row in rows}


class Told:
    """The facts and the registers behind the answers, read once for all departments."""

    def __init__(self, session: Session, inquiries: Sequence[Inquiry]) -> None:
        asked = [question.id for row in inquiries for question in row.questions]
        self.facts: dict[int, list[FactRow]] = defaultdict(list)
        for fact in session.scalars(select(FactRow).where(
                FactRow.question_id.in_(asked), FactRow.superseded.is_(False)).order_by(FactRow.id)):
            self.facts[fact.question_id].append(fact)
        self.scopes: dict[int, str] = {row.question_id: row.register_scope for row in session.scalars(
            select(CoverageRow).where(CoverageRow.question_id.in_(asked)).order_by(CoverageRow.id))}

    def answer(self, row: Inquiry) -> offices.DepartmentAnswer:
        """Sum up what one department answered and signed for."""
        days = [question.as_of for question in row.questions if question.as_of]
        scopes = dict.fromkeys(self.scopes[question.id] for question in row.questions if question.id in self.scopes)
        persons = {question.subject_name for question in row.questions}
        return offices.DepartmentAnswer(
            department=department_name(row.department), facts="、".join(dict.fromkeys(
                kind_title(question.kind) for question in row.questions)),
            answer="；".join(self._sentences(row.questions)) or "没有可以依授权查询的事项",
            scope="，".join(filter(None, ("、".join(scopes), f"{len(persons)}人" if persons else ""))),
            as_of=min(days) if days else None, officer=row.signed_by,
            signed_on=legal_date(row.signed_at) if row.signed_at else None,
            by_hand=any(question.by_hand for question in row.questions))

    def question(self, question: Question) -> papers.AnsweredQuestion:
        """Tell one question: who, what, and what the register says."""
        return papers.AnsweredQuestion(
            person=question.subject_name or ABOUT_HOUSEHOLD, kind=kind_title(question.kind),
            result=CheckState(question.state).title,
            content="、".join(fact_words(fact) for fact in self.facts[question.id]) or question.reason,
            scope=self.scopes.get(question.id, ""), as_of=question.as_of, by_hand=question.by_hand)

    def _sentences(self, questions: Sequence[Question]) -> list[str]:
        said = [self._hit(question) for question in questions if question.state == CheckState.HIT.value]
        open_ones: dict[str, list[str]] = defaultdict(list)
        for question in questions:
            if question.state not in (CheckState.HIT.value, CheckState.CLEAR.value):
                open_ones[CheckState(question.state).title].append(f"{kind_title(question.kind)}（{question.subject_name}）")
        clear = sum(question.state == CheckState.CLEAR.value for question in questions)
        if clear:
            said.append("其余未查到" if said else "登记范围内未查到")
        return said + [f"{state}：{'、'.join(which)}" for state, which in open_ones.items()]

    def _hit(self, question: Question) -> str:
        facts = "、".join(fact_words(fact) for fact in self.facts[question.id]) or "查到登记"
        return f"{kind_title(question.kind)}（{question.subject_name}）：{facts}"


def kind_title(code: str) -> str:
    """Return the words of a kind of fact."""
    return KINDS[code].title if code in KINDS else code


def fact_words(fact: FactRow) -> str:
    """Say a fact in words."""
    kind = KINDS.get(fact.kind)
    said = (kind.value_title(fact.value), kind.label_words(fact.label)) if kind else (fact.value, fact.label)
    return " ".join(filter(None, (*said, fact.other))) or "有登记"
