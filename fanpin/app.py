"""Build the application: a list of init_* calls in the order that matters."""

from datetime import timedelta
from importlib.metadata import version

from flask import Flask, Response, redirect, render_template, request, url_for
from flask_bootstrap import Bootstrap5
from flask_login import LoginManager
from jinja2 import StrictUndefined
from sqlalchemy import Engine

from fanpin import compression, crypto, security
from fanpin.blueprints import discover, guard, presenting
from fanpin.blueprints.principal import Principal
from fanpin.clock import Clock
from fanpin.config import Settings
from fanpin.extensions import db, login_manager, prepare_engine, read_only
from fanpin.models.areas import Installation
from fanpin.models.scoped import Scope, ScopeKind, set_scope
from fanpin.resources import directory
from fanpin.rules.refusals import AlreadyHandled, Invalid, NotAllowedHere, NotFound, NotPermitted, Refusal
from fanpin.steps import sessions


def create_app(settings: Settings, *, clock: Clock | None = None, keyring: crypto.Keyring | None = None) -> Flask:
    """Return the application for the settings; the clock and the keyring may be given by tests and the journey."""
    app = Flask("fanpin", template_folder=str(directory("templates")), static_folder=str(directory("static")))
    app.config["FANPIN_SETTINGS"] = settings
    init_keyring(app, settings, keyring)
    init_database(app, settings)
    init_clock(app, clock)
    security.init_security(app, settings)
    compression.init_compression(app)
    init_login(app, settings)
    init_pages(app)
    init_blueprints(app)
    init_errors(app)
    return app


def init_keyring(app: Flask, settings: Settings, keyring: crypto.Keyring | None) -> None:
    """Load the keys; everything sensitive hangs on them."""
    crypto.init_keyring(keyring or crypto.Keyring.load(settings.key_file))
    app.secret_key, *older = crypto.current().session_secrets()
    app.config["SECRET_KEY_FALLBACKS"] = older
    app.config["FANPIN_DEMO_KEYS"] = crypto.current().demo


def init_database(app: Flask, settings: Settings) -> None:
    """Bind the database and attach the transaction hook."""
    app.config["SQLALCHEMY_DATABASE_URI"] = settings.database_url
    # A logged SQL error names no person.
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {"pool_pre_ping": True, "hide_parameters": True}
    db.init_app(app)
    with app.app_context():
        engine: Engine = db.engine
        prepare_engine(engine)


def init_clock(app: Flask, clock: Clock | None) -> None:
    """Take the given clock, or the demo's offset, or the true time."""
    if clock is None:
        with app.app_context():
            clock = Clock(timedelta(days=int(installation_value("clock_offset_days") or 0)))
    app.extensions["fanpin.clock"] = clock


def installation_value(key: str) -> str | None:
    """Return one word about this database; None before it is initialised."""
    inspector = db.inspect(db.engine)
    if not inspector.has_table("installation"):
        return None
    read_only(db.session())
    row = db.session.get(Installation, key)
    db.session.rollback()
    return row.value if row else None


def init_login(app: Flask, settings: Settings) -> None:
    """Resume sessions from their rows; flask-login carries only the token."""
    limits = sessions.Limits(
        idle=timedelta(minutes=settings.idle_minutes), admin_idle=timedelta(minutes=settings.admin_idle_minutes),
        absolute=timedelta(hours=settings.absolute_hours))
    manager: LoginManager = login_manager
    manager.init_app(app)
    manager.session_protection = None

    @manager.user_loader
    def load(token: str) -> Principal | None:
        session = db.session()
        if "scope" not in session.info:
            set_scope(session, Scope(ScopeKind.NONE))
        if request.method in ("GET", "HEAD") and not session.in_transaction():
            read_only(session)
        present = sessions.resume(session, token, now=guard.now(), today=guard.today(), limits=limits)
        return Principal(token, present) if present else None

    @manager.unauthorized_handler
    def ask_to_log_in() -> Response:
        db.session.rollback()
        kept = request.full_path.rstrip("?") if request.method == "GET" else ""
        return redirect(url_for("accounts.login", next=kept or None))


def init_pages(app: Flask) -> None:
    """Set up Jinja: undefined names are errors; every page knows the menu, the clock and whether this is a demo."""
    Bootstrap5(app)
    app.config["BOOTSTRAP_SERVE_LOCAL"] = True
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.config["FANPIN_VERSION"] = version("fanpin")
    presenting.init_presenting(app)


def init_blueprints(app: Flask) -> None:
    """Register every desk that is found."""
    app.url_map.converters["ref"] = guard.RefConverter
    for blueprint in discover():
        app.register_blueprint(blueprint)


def init_errors(app: Flask) -> None:
    """Turn named errors into words, in one place."""

    def page(status: int, **values: object) -> tuple[str, int]:
        db.session.rollback()
        return render_template(f"errors/{status}.html", **values), status

    @app.errorhandler(NotPermitted)
    def forbidden(error: NotPermitted) -> tuple[str, int]:
        return page(403, message=error.message, clause=error.clause)

    @app.errorhandler(AlreadyHandled)
    def conflict(error: AlreadyHandled) -> tuple[str, int]:
        return page(409, message=error.message, by=error.by, at=error.at, kept=_kept())

    @app.errorhandler(NotFound)
    def missing(error: NotFound) -> tuple[str, int]:
        return page(404, message=error.message)

    @app.errorhandler(Refusal)
    def refused(error: Refusal) -> tuple[str, int]:
        lacking = getattr(error, "missing", ())
        if isinstance(error, NotAllowedHere):
            return page(409, message=error.message, by=None, at=None, kept=_kept())
        problems = error.problems if isinstance(error, Invalid) else {}
        return page(422, message=error.message, missing=lacking, problems=problems, kept=_kept())

    @app.errorhandler(security.StalePage)
    def stale(_error: Exception) -> tuple[str, int]:
        kept = _kept()
        db.session.rollback()
        return render_template("errors/stale.html", kept=kept), 400

    for code in (400, 401, 404, 405, 413, 429, 500, 503):
        app.register_error_handler(code, _plain(code))


def _kept() -> list[tuple[str, str]]:
    """Return what was typed on the form that could not be taken; secrets stay out."""
    return [(key, value) for key, value in request.form.items(multi=True)
            if not key.startswith(("csrf_token", "_key", "version", "password", "current", "new", "repeat")) and value]


def _plain(code: int) -> object:
    def show(_error: Exception) -> tuple[str, int]:
        db.session.rollback()
        return render_template(f"errors/{code}.html", message=""), code

    return show
