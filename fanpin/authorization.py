"""The only judge of what an actor may do, from the policy table in `rules/roles.py`."""

from collections.abc import Iterable

from fanpin.models.scoped import Scope, ScopeKind
from fanpin.rules.actions import Action
from fanpin.rules.areas import contains
from fanpin.rules.refusals import NotPermitted
from fanpin.rules.roles import ADMINISTRATORS, ASSIGNED, PERMISSIONS, Actor, Permission, Reach, Role


def may(actor: Actor, action: Action, *, area_path: str | None = None, department: str | None = None,
        earlier: Iterable[tuple[str, int]] = ()) -> bool:
    """Say whether the actor may do the action; see `require` for the arguments."""
    return _objection(actor, PERMISSIONS[action], area_path, department, earlier) == ""


def require(actor: Actor, action: Action, *, area_path: str | None = None, department: str | None = None,
            earlier: Iterable[tuple[str, int]] = ()) -> None:
    """Raise `NotPermitted` unless the actor may do the action.

    `area_path` is the object's area; `department` the department that owns it; `earlier` the (action code,
    user id) pairs already done on the case in this procedure, for the separation of duties.
    """
    permission = PERMISSIONS[action]
    objection = _objection(actor, permission, area_path, department, earlier)
    if objection:
        raise NotPermitted(objection, action=action.value, clause=permission.clause)


def _objection(actor: Actor, permission: Permission, area_path: str | None, department: str | None,
               earlier: Iterable[tuple[str, int]]) -> str:
    action = permission.action
    if actor.role not in permission.roles:
        holders = "、".join(sorted(role.title for role in permission.roles))
        return f"“{action.title}”由{holders}办理，你当前的身份是{actor.role.title}。"
    if area_path is not None and permission.reach is not Reach.ANYWHERE:
        if not _reaches(permission.reach, actor.area_path, area_path):
            return f"“{action.title}”的对象不在你的管辖范围（{actor.area_name}）内。"
    if permission.own_department and department is not None and actor.department != department:
        return f"“{action.title}”只能由该部门自己办理。"
    if permission.not_same_as:
        barred = {step.value for step in permission.not_same_as}
        if any(user_id == actor.user_id and code in barred for code, user_id in earlier):
            return f"你已经办理过本户的前一道手续，“{action.title}”须由另一人办理。"
    return ""


def _reaches(reach: Reach, own: str, other: str) -> bool:
    if reach is Reach.EXACT:
        return own == other
    return contains(own, other) or (reach is Reach.SHARED and contains(other, own))


def scope_for(actor: Actor) -> Scope:
    """Return the reach of the actor's session; an administrator sees no case, no household, no fact."""
    if actor.role in ADMINISTRATORS:
        return Scope(ScopeKind.NONE, user_id=actor.user_id)
    if actor.role is Role.DEPARTMENT_OFFICER:
        kind = ScopeKind.DEPARTMENT
    elif actor.role is Role.PROVINCIAL_OFFICER:
        kind = ScopeKind.PROVINCIAL
    elif actor.role in ASSIGNED:
        kind = ScopeKind.ASSIGNED
    else:
        kind = ScopeKind.LINE
    # A helper sees what is in his own name, the lead department all that it carries.
    department = "" if actor.role is Role.HELPER else actor.department
    return Scope(kind, paths=(actor.area_path,), department=department, user_id=actor.user_id)
