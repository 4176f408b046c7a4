"""A person at a browser: reads, fills in, presses what is written on the buttons."""

import os
from pathlib import Path

from playwright.sync_api import Locator, Page

from tests.world import PASSWORD

CHROMIUM = "/usr/bin/chromium"
# Chromium will not build its own walls for root; a person who is not root keeps them.
ARGUMENTS = ["--disable-gpu", "--disable-dev-shm-usage", *(["--no-sandbox"] if os.geteuid() == 0 else [])]


class Person:
    """Somebody of the cast with a browser of his own."""

    def __init__(self, page: Page, url: str, username: str, password: str = PASSWORD) -> None:
        self.page, self.url, self.username, self.password = page, url, username, password
        # Leaving a page with typed text asks; a person who means to leave says yes.
        page.on("dialog", lambda dialog: dialog.accept())

    def at_work(self) -> "Person":
        """Open the desk, logging in where the session has ended."""
        self.page.goto(self.url + "/")
        if "/login" in self.page.url:
            self.put(username=self.username, password=self.password)
            self.press("登录")
        return self

    def go(self, path: str) -> "Person":
        """Open an address of the application."""
        self.page.goto(path if path.startswith("http") else self.url + path)
        return self

    def press(self, name: str, *, within: str = "main", nth: int = 0) -> "Person":
        """Press the button or link whose words begin so."""
        place = self.page.locator(within)
        found = place.get_by_role("button", name=name).or_(place.get_by_role("link", name=name)).nth(nth)
        found.click()
        self.page.wait_for_load_state()
        return self

    def menu(self, name: str) -> "Person":
        """Go where the menu leads."""
        return self.press(name, within="nav")

    def put(self, **values: str | bool | list[str] | Path) -> "Person":
        """Fill in fields by their names in the form."""
        for name, value in values.items():
            self._put(self.page.locator(f'[name="{name}"]'), value)
        return self

    def _put(self, field: Locator, value: str | bool | list[str] | Path) -> None:
        kind = field.first.evaluate("element => element.tagName + ':' + (element.type || '')")
        if kind in ("INPUT:radio", "INPUT:checkbox"):
            for one in value if isinstance(value, list) else [value]:
                box = field.first if isinstance(one, bool) else field.and_(self.page.locator(f'[value="{one}"]'))
                box.set_checked(one is not False)
        elif kind.startswith("SELECT"):
            field.first.select_option(str(value))
        elif kind == "INPUT:file":
            field.first.set_input_files(str(value))
        else:
            field.first.fill(str(value))

    def every(self, name: str) -> "Person":
        """Tick every box of a list."""
        for box in self.page.locator(f'input[type=checkbox][name="{name}"]').all():
            box.check()
        return self

    def reads(self, *words: str) -> "Person":
        """Assert that the page in front says this."""
        said = self.text
        for word in words:
            assert word in said, f"{self.username} does not read “{word}” on {self.page.url}:\n{said}"
        return self

    def does_not_read(self, *words: str) -> "Person":
        """Assert that the page in front does not say this."""
        said = self.text
        for word in words:
            assert word not in said, f"{self.username} reads “{word}” on {self.page.url}"
        return self

    @property
    def text(self) -> str:
        """Return the page's words as they are seen."""
        return self.page.inner_text("body")

    @property
    def path(self) -> str:
        """Return the address under the application."""
        return self.page.url.removeprefix(self.url)
