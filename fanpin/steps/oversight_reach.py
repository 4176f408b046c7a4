"""What the acts of 六 share: each level does its own, and sees what lies below."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from fanpin.models.areas import Area
from fanpin.rules.actions import Action
from fanpin.rules.refusals import NotPermitted
from fanpin.rules.roles import PERMISSIONS, Actor
from fanpin.steps import doing


def own(session: Session, action: Action, area_id: int, *, actor: Actor, subject: object) -> None:
    """Ask the judge, and keep the act to the level whose it is: a higher one looks, but does not act for a lower one."""
    doing.permit(session, action, actor=actor, subject=subject)
    if area_id != actor.area_id:
        area = doing.area_of(session, area_id)
        raise NotPermitted(f"“{action.title}”由{area.name}自己办理，上级和下级只能查看。", action=action.value,
                           clause=PERMISSIONS[action].clause)


def below(session: Session, area: Area) -> list[Area]:
    """List the areas right below, in the order of their codes."""
    return list(session.scalars(select(Area).where(Area.parent_id == area.id, Area.valid_to.is_(None)).order_by(Area.code12)))
