"""The prefecture that is measured must be what the application itself would have written."""

from pathlib import Path

from sqlalchemy import func, select

from fanpin import audit, crypto, security
from fanpin.app import create_app
from fanpin.config import Settings
from fanpin.extensions import db
from fanpin.models.cases import Case
from fanpin.models.households import Household, Member
from fanpin.models.scoped import Scope, ScopeKind, set_scope
from fanpin.rules.identity import check
from fanpin.steps import households
from tests.benchmarks import prefecture
from tests.benchmarks.measures import percentile

COUNT = 300


def test_the_made_up_prefecture_is_whole(tmp_path: Path, keyring: crypto.Keyring) -> None:
    security.set_password_profile("test")
    url = f"sqlite:///{tmp_path / 'fanpin.sqlite'}"
    settings = Settings.load({"FANPIN_DATABASE_URL": url, "FANPIN_PASSWORD_PROFILE": "test"}, instance=tmp_path)
    app = create_app(settings, keyring=keyring)
    made = prefecture.build([app], count=COUNT)
    with app.app_context():
        session = db.session()
        set_scope(session, Scope(ScopeKind.SYSTEM, reason="test"))
        report = audit.verify(session)
        assert report.whole, report.broken
        assert report.streams >= COUNT
        members = session.scalars(select(Member)).all()
        assert len(members) == 4 * COUNT
        assert len({member.id_number for member in members}) == 4 * COUNT
        assert all(check(member.id_number or "").ok for member in members)
        one = made.sample[0]
        found = session.scalars(households.search(one.head_id_number)).all()
        assert [row.id for row in found] == [one.id]
        assert households.initials(one.head_name) == found[0].head_initials
        assert session.scalar(select(func.count()).select_from(Household)) == COUNT
        assert session.scalar(select(func.count()).select_from(Case)) > 0
        db.session.remove()
        db.engine.dispose()


def test_percentiles_are_by_nearest_rank() -> None:
    values = [float(number) for number in range(1, 21)]
    assert (percentile(values, 0.5), percentile(values, 0.95), percentile([7.0], 0.95)) == (10.0, 19.0, 7.0)
