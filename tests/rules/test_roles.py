"""The policy table: who may do what, on which clause, and who may not have done what before."""

from itertools import product

import pytest

from fanpin.authorization import may, require, scope_for
from fanpin.models.scoped import ScopeKind
from fanpin.rules.actions import Action
from fanpin.rules.areas import AreaLevel
from fanpin.rules.refusals import NotPermitted
from fanpin.rules.roles import (
    ADMINISTRATORS,
    LEVEL_OF,
    PERMISSIONS,
    WITH_DEPARTMENT,
    Actor,
    Reach,
    Role,
)
from fanpin.rules.stages import TABLE, clause_of
from tests.rules.test_stages import CLAUSES

ADMINISTRATION = {Action.ACCOUNT_CREATE: Role.SYSTEM_ADMIN, Action.ADAPTER_CERTIFY: Role.SYSTEM_ADMIN, Action.ACCOUNT_GRANT: Role.SECURITY_ADMIN,
                  Action.AUDIT_READ: Role.AUDIT_ADMIN}
# An installed program's own state, and nothing of a county: tests/blueprints/test_adapters.py.
READING = {Action.ADAPTER_READ: Role.SYSTEM_ADMIN}
PROPOSING = (Action.SURVEY_PROPOSE, Action.DELIBERATION_SUBMIT, Action.PUBLICITY_REPORT, Action.SURVEY_CONFIRM)
APPROVING = (Action.TOWNSHIP_SUBMIT, Action.COUNTY_DETERMINE, Action.COUNTY_DECLINE)


def someone(role: Role, *, path: str = "/1/2/3/", user_id: int = 7, department: str = "") -> Actor:
    """Return an actor of the role in a county."""
    return Actor(user_id=user_id, name="某某", role=role, area_id=3, area_path=path, area_name="某县",
                 level=LEVEL_OF.get(role, AreaLevel.COUNTY), department=department)


def test_every_action_has_one_row_under_its_own_key() -> None:
    assert set(PERMISSIONS) == set(Action)
    assert all(action is row.action for action, row in PERMISSIONS.items())
    assert [action for action, row in PERMISSIONS.items() if not row.roles] == []


def test_every_row_names_a_clause_and_an_act_of_the_table_names_the_table_s() -> None:
    assert [action for action, row in PERMISSIONS.items() if row.clause not in CLAUSES] == []
    moved = {row.action for row in TABLE.values()}
    assert [action for action in moved if PERMISSIONS[action].clause != clause_of(action)] == []


def test_every_role_may_do_something() -> None:
    assert {role for row in PERMISSIONS.values() for role in row.roles} == set(Role)


def test_a_provincial_officer_answers_direct_requests_and_does_nothing_else() -> None:
    assert [action for action, row in PERMISSIONS.items() if Role.PROVINCIAL_OFFICER in row.roles] == [Action.OVERSIGHT_ANSWER]
    assert scope_for(someone(Role.PROVINCIAL_OFFICER, department="education")).kind is ScopeKind.PROVINCIAL


def test_an_administrator_administers_and_does_nothing_with_a_household_or_case() -> None:
    allowed = ADMINISTRATION | READING
    for action, row in PERMISSIONS.items():
        assert row.roles & ADMINISTRATORS == ({allowed[action]} if action in allowed else set()), action
    assert all(PERMISSIONS[action].roles == {role} for action, role in ADMINISTRATION.items())
    assert set(ADMINISTRATION.values()) == ADMINISTRATORS


@pytest.mark.parametrize("role", sorted(ADMINISTRATORS))
def test_an_administrator_s_scope_holds_nothing(role: Role) -> None:
    assert scope_for(someone(role)).kind is ScopeKind.NONE


@pytest.mark.parametrize(("action", "earlier"), list(product(APPROVING, PROPOSING)))
def test_whoever_approves_has_not_proposed(action: Action, earlier: Action) -> None:
    role = next(iter(PERMISSIONS[action].roles))
    done = [(earlier.value, 7)]
    assert may(someone(role), action, area_path="/1/2/3/4/", earlier=[])
    assert not may(someone(role), action, area_path="/1/2/3/4/", earlier=done)
    assert may(someone(role, user_id=8), action, area_path="/1/2/3/4/", earlier=done)


def test_the_county_decides_on_what_somebody_else_reviewed_and_resolved() -> None:
    for action, earlier in product((Action.COUNTY_DETERMINE, Action.COUNTY_DECLINE),
                                   (Action.TOWNSHIP_SUBMIT, Action.COUNTY_RESOLVE)):
        assert earlier in PERMISSIONS[action].not_same_as


def test_no_role_both_proposes_and_approves() -> None:
    proposers = frozenset().union(*(PERMISSIONS[action].roles for action in PROPOSING))
    approvers = frozenset().union(*(PERMISSIONS[action].roles for action in APPROVING))
    assert proposers & approvers == frozenset()
    assert PERMISSIONS[Action.TOWNSHIP_SUBMIT].roles & PERMISSIONS[Action.COUNTY_DETERMINE].roles == frozenset()


def test_whoever_states_what_was_not_asked_does_not_accept_it() -> None:
    assert Action.COUNTY_STATE in PERMISSIONS[Action.COUNTY_ACCEPT].not_same_as
    assert PERMISSIONS[Action.COUNTY_STATE].roles & PERMISSIONS[Action.COUNTY_ACCEPT].roles == frozenset()


@pytest.mark.parametrize("role", list(Role), ids=lambda role: role.value)
def test_a_role_outside_the_row_is_told_whose_task_it_is(role: Role) -> None:
    actor = someone(role, department="education")
    for action, row in PERMISSIONS.items():
        if role in row.roles:
            require(actor, action, area_path="/1/2/3/", department="education")
            continue
        with pytest.raises(NotPermitted) as refused:
            require(actor, action, area_path="/1/2/3/", department="education")
        assert (refused.value.action, refused.value.clause) == (action.value, row.clause)
        assert all(holder.title in refused.value.message for holder in row.roles)


@pytest.mark.parametrize("action", list(Action), ids=lambda action: action.value)
def test_nobody_acts_outside_his_area(action: Action) -> None:
    row = PERMISSIONS[action]
    for role in row.roles:
        actor = someone(role, department="education")
        outside = ["/1/2/30/", "/1/2/30/4/", "/1/2/9/3/", "/1/"]
        allowed = [path for path in outside if may(actor, action, area_path=path, department="education")]
        # 二(四): what an event is, and what is planned for it, concerns those below as well; which county's is another matter.
        assert allowed == (outside if row.reach is Reach.ANYWHERE else ["/1/"] if row.reach is Reach.SHARED else [])
        below = may(actor, action, area_path="/1/2/3/4/", department="education")
        assert below is (row.reach is not Reach.EXACT)


@pytest.mark.parametrize("action", [action for action, row in PERMISSIONS.items() if row.own_department],
                         ids=lambda action: action.value)
def test_a_department_acts_only_on_its_own(action: Action) -> None:
    for role in PERMISSIONS[action].roles:
        assert role in WITH_DEPARTMENT
        assert may(someone(role, department="education"), action, area_path="/1/2/3/", department="education")
        assert not may(someone(role, department="housing"), action, area_path="/1/2/3/", department="education")


def test_every_working_role_has_its_level_and_the_administrators_none_of_the_line() -> None:
    assert set(Role) - set(LEVEL_OF) == ADMINISTRATORS | {Role.INSPECTOR}
