"""The logged-in person as flask-login knows them: named by the session's token, and nothing else."""

from flask import session as cookie
from flask_login import UserMixin, login_user

from fanpin.steps import sessions


class Principal(UserMixin):
    """Carry the token of a session and, once it was resumed, who holds it."""

    def __init__(self, token: str, present: sessions.Present | None = None) -> None:
        self.token, self.present = token, present

    def get_id(self) -> str:
        """Return the session token."""
        return self.token


def enter(token: str) -> None:
    """Begin with a fresh cookie that holds the token of the session just opened."""
    cookie.clear()
    login_user(Principal(token))
