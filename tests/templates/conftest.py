"""An application with the templates alone, and a way to render a piece of one."""

from collections.abc import Callable

import pytest
from flask import Flask, render_template_string
from flask_bootstrap import Bootstrap5
from flask_wtf import CSRFProtect, FlaskForm
from jinja2 import StrictUndefined

from fanpin.blueprints.presenting import day, moment
from fanpin.resources import directory
from fanpin.rules.income import yuan
from tests.templates.show import TODAY, Page, sound


@pytest.fixture(scope="module")
def app() -> Flask:
    """An application with the templates alone."""
    app = Flask("fanpin", template_folder=str(directory("templates")), static_folder=str(directory("static")))
    app.config.update(SECRET_KEY="only for this test", BOOTSTRAP_SERVE_LOCAL=True, TESTING=True)
    Bootstrap5(app)
    CSRFProtect(app)
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(day=day, moment=moment, yuan=yuan)
    for endpoint in ("desk.index", "accounts.login", "accounts.logout", "accounts.password", "accounts.switch"):
        app.add_url_rule("/" + endpoint.replace(".", "/"), endpoint, lambda: "")
    app.context_processor(lambda: {"present": None, "menu": [], "demo": True, "today": TODAY, "version": "0.1.0"})
    return app


@pytest.fixture
def show(app: Flask) -> Callable[..., Page]:
    """Render a piece of template and return it as a page that has been checked for what no page may have."""

    def render(source: str, *, method: str = "GET", data: dict[str, str] | None = None, **values: object) -> Page:
        with app.test_request_context("/here", method=method, data=data):
            made = {key: value() if isinstance(value, type) else value for key, value in values.items()}
            for form in made.values():
                if isinstance(form, FlaskForm) and method == "POST":
                    form.validate()
            return sound(Page(render_template_string(source, **made)))

    return render
