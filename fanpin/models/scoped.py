"""Scope by construction: a query on a scoped table sees the actor's part, or does not run at all."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, lru_cache

from sqlalchemy import ColumnElement, Executable, String, Table, and_, event, false, or_
from sqlalchemy.orm import Mapped, ORMExecuteState, Session, mapped_column, with_loader_criteria
from sqlalchemy.orm.interfaces import ORMOption
from sqlalchemy.sql.visitors import iterate

from fanpin.extensions import Base
from fanpin.models.types import new_ref, path_column_type
from fanpin.rules.titles import TitledEnum

BEYOND = "~"


class ScopeKind(TitledEnum):
    """What sort of reach a session has."""

    LINE = ("line", "辖区内全部")
    DEPARTMENT = ("department", "本部门的核查")
    ASSIGNED = ("assigned", "承担帮扶的农户")
    PROVINCIAL = ("provincial", "省级部门的直通车")
    SYSTEM = ("system", "系统任务")
    NONE = ("none", "无")


class Unscoped(RuntimeError):
    """A scoped table was touched in a session without a scope: a mistake in our code, never the user's."""


class OutOfScope(LookupError):
    """The session's kind of scope never sees this table."""


@dataclass(frozen=True)
class Scope:
    """The reach of one session: area paths, and the department or person where these narrow it."""

    kind: ScopeKind
    paths: tuple[str, ...] = ()
    department: str = ""
    user_id: int | None = None
    reason: str = ""


@dataclass(frozen=True)
class _Narrowing:
    """What a scope does to a statement: the options that it gets, and the tables that it must not name."""

    options: tuple[ORMOption, ...]
    unseen: frozenset[type["Scoped"]]


class Referenced:
    """A row that a URL may name, by a random reference."""

    ref: Mapped[str] = mapped_column(String(14), unique=True, default=new_ref)


class Scoped:
    """A row that belongs to an area; every query on it is narrowed to the session's scope."""

    area_path: Mapped[str] = mapped_column(path_column_type(), index=True)

    @classmethod
    def lies_in(cls, first: str, beyond: str) -> ColumnElement[bool]:
        """Return the condition that the row belongs to the area whose paths run from `first` to before `beyond`."""
        return and_(cls.area_path >= first, cls.area_path < beyond)

    @classmethod
    def seen_by_department(cls, scope: Scope) -> ColumnElement[bool] | None:
        """Return what a department officer sees of the table besides the area; None: nothing, ever."""
        return None

    @classmethod
    def seen_by_assigned(cls, scope: Scope) -> ColumnElement[bool] | None:
        """Return what a lead department or helper sees of the table besides the area; None: nothing, ever."""
        return None

    @classmethod
    def seen_by_provincial(cls, scope: Scope) -> ColumnElement[bool] | None:
        """Return what a provincial department's officer sees of the table besides the area; None: nothing, ever."""
        return None


class Shared(Scoped):
    """A row about an area that concerns everybody above and within: an event, a plan; it may name no household."""

    @classmethod
    def lies_in(cls, first: str, beyond: str) -> ColumnElement[bool]:
        """Return the condition that the row's area lies in the area, or the area in it."""
        return or_(super().lies_in(first, beyond),
                   and_(cls.area_path <= first, cls.area_path.concat(BEYOND) > first))


def within(column: ColumnElement[str] | Mapped[str], paths: tuple[str, ...]) -> ColumnElement[bool]:
    """Return the condition that a path lies in one of the areas, in a form that an index answers."""
    return or_(false(), *(and_(column >= path, column < path + BEYOND) for path in paths))


def set_scope(session: Session, scope: Scope) -> None:
    """Give the session its reach; replaces an earlier one."""
    session.info["scope"] = scope
    session.info["scope_narrowing"] = None


def scope_of(session: Session) -> Scope | None:
    """Return the session's reach, or None."""
    return session.info.get("scope")


@contextmanager
def system_scope(session: Session, *, reason: str) -> Iterator[None]:
    """See everything for a while: for jobs, commands and the guard itself, never for a view."""
    before = session.info.get("scope"), session.info.get("scope_narrowing")
    set_scope(session, Scope(ScopeKind.SYSTEM, reason=reason))
    try:
        yield
    finally:
        session.info["scope"], session.info["scope_narrowing"] = before


def _criterion(cls: type[Scoped], scope: Scope) -> ColumnElement[bool] | None:
    here = or_(false(), *(cls.lies_in(path, path + BEYOND) for path in scope.paths))
    if scope.kind is ScopeKind.LINE:
        return here
    narrower = (cls.seen_by_department(scope) if scope.kind is ScopeKind.DEPARTMENT
                else cls.seen_by_assigned(scope) if scope.kind is ScopeKind.ASSIGNED
                else cls.seen_by_provincial(scope) if scope.kind is ScopeKind.PROVINCIAL else None)
    return None if narrower is None else and_(here, narrower)


@cache
def _scoped_classes() -> tuple[type[Scoped], ...]:
    return tuple(mapper.class_ for mapper in Base.registry.mappers if issubclass(mapper.class_, Scoped))


def _narrowing(scope: Scope) -> _Narrowing:
    if scope.kind is ScopeKind.LINE and len(scope.paths) == 1:
        return _Narrowing((_line_option(scope.paths[0], scope.paths[0] + BEYOND),), frozenset())
    return _narrowing_by_class(scope)


def _line_option(first: str, beyond: str) -> ORMOption:
    # One option for all tables: as many options as tables would make every statement a millisecond slower. The two
    # ends are tracked as parameters of the lambda, so that a cached statement never keeps another person's.
    return with_loader_criteria(Scoped, lambda cls: cls.lies_in(first, beyond), include_aliases=True)


@lru_cache(maxsize=256)
def _narrowing_by_class(scope: Scope) -> _Narrowing:
    criteria = {cls: _criterion(cls, scope) for cls in _scoped_classes()}
    return _Narrowing(
        tuple(with_loader_criteria(cls, false() if criterion is None else criterion, include_aliases=True)
              for cls, criterion in criteria.items()),
        frozenset(cls for cls, criterion in criteria.items() if criterion is None))


@event.listens_for(Session, "do_orm_execute")
def _narrow(state: ORMExecuteState) -> None:
    scope = scope_of(state.session)
    if scope is None:
        _refuse(state.statement, "was queried in a session without a scope")
        return
    if scope.kind is ScopeKind.SYSTEM or state.is_column_load:
        return
    if state.is_insert:
        _refuse(state.statement, "was inserted past the check of the area: add it to the session")
    narrowing = _kept(state.session, scope)
    for mapper in state.all_mappers if narrowing.unseen else ():
        if mapper.class_ in narrowing.unseen:
            raise OutOfScope(mapper.class_.__name__)
    if state.is_select or state.is_update or state.is_delete:
        state.statement = state.statement.options(*narrowing.options)


def _refuse(statement: Executable, why: str) -> None:
    """Raise `Unscoped` if the statement names a scoped table anywhere, be it in a subquery or as a bare column."""
    named = {getattr(part if isinstance(part, Table) else getattr(part, "table", None), "name", None)
             for part in iterate(statement)}
    for cls in _scoped_classes():
        if cls.__tablename__ in named and cls.__mapper__.inherits is None:
            raise Unscoped(f"{cls.__name__} {why}")


def _kept(session: Session, scope: Scope) -> _Narrowing:
    if session.info.get("scope_narrowing") is None:
        session.info["scope_narrowing"] = _narrowing(scope)
    return session.info["scope_narrowing"]


@event.listens_for(Session, "before_flush")
def _keep_writes_inside(session: Session, _context: object, _instances: object) -> None:
    scope = scope_of(session)
    changed = [row for row in (*session.new, *session.dirty, *session.deleted) if isinstance(row, Scoped)]
    if not changed or (scope is not None and scope.kind is ScopeKind.SYSTEM):
        return
    if scope is None:
        raise Unscoped(f"{type(changed[0]).__name__} was written in a session without a scope")
    for row in changed:
        if not any(row.area_path.startswith(path) for path in scope.paths):
            raise OutOfScope(f"{type(row).__name__} lies outside the writer's area")
