"""Open every page of every role at two widths in Chromium, keep the pictures, and tell what is wrong with any of them."""

import argparse
import re
import sys
import tempfile
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Response, sync_playwright
from playwright.sync_api import Error as BrowserError
from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter, Rule

from fanpin.app import create_app
from fanpin.cli.demo_people import PASSWORD
from fanpin.config import Settings
from tests.browser.people import ARGUMENTS, CHROMIUM, Person
from tests.browser.pictures import demo

WIDTHS = (1280, 390)
TALLEST = 6000
# One of every role, all three administrators, two officers: one who is asked about persons, one who is not.
WALKERS = (
    "cun", "cun2", "zhucun", "zu", "xiang", "xiangzhang", "xian", "xianshen", "lingdao", "bm-public-security", "bm-emergency",
    "zhuze", "bangfu", "shengting", "zhou", "sheng", "jiancha", "system", "security", "audit")
# What ends the session or leaves the page as it was.
NOT_OPENED = frozenset({"accounts.logout", "static", "health.healthz", "accounts.login"})
# So many of one kind of page are looked at, whatever their objects.
OF_A_KIND = 2
LINKS = "() => [...document.querySelectorAll('a[href]')].map(link => new URL(link.getAttribute('href'), location).href)"
OVERFLOW = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
FACTS = "() => ({h1: document.querySelectorAll('h1').length, title: document.title, words: document.body.innerText.length})"


@dataclass
class Seen:
    """What one role has opened: kinds of page with the addresses, and what was wrong."""

    username: str
    pages: dict[str, list[str]] = field(default_factory=dict)
    troubles: list[str] = field(default_factory=list)


class Walk:
    """One person goes wherever a link leads."""

    def __init__(self, context: BrowserContext, url: str, username: str, routes: MapAdapter, out: Path, most: int) -> None:
        self.url, self.routes, self.out, self.most = url, routes, out / username, most
        self.seen, self.console = Seen(username), list[str]()
        self.page: Page = context.new_page()
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.console.append(str(error)))
        self.person = Person(self.page, url, username, PASSWORD)

    def go(self) -> Seen:
        """Follow links, nearest first, until no new kind of page is left."""
        self.out.mkdir(parents=True, exist_ok=True)
        self.person.at_work()
        waiting = deque(["/"])
        while waiting:
            path = waiting.popleft()
            kind = self._kind(path)
            known = self.seen.pages.setdefault(kind, [])
            if not kind or path in known or len(known) >= self.most:
                continue
            known.append(path)
            waiting.extend(self._look(path, kind, len(known)))
        self.seen.pages.pop("", None)
        return self.seen

    def _kind(self, path: str) -> str:
        """Name the kind of page: its view, and which of its filters are set."""
        parts = urlsplit(path)
        try:
            rule, _ = self.routes.match(parts.path, method="GET", return_rule=True)
        except HTTPException:
            self.seen.troubles.append(f"{path}：没有这个地址") if path not in ("", "/") else None
            return ""
        endpoint = rule.endpoint if isinstance(rule, Rule) else str(rule)
        if endpoint in NOT_OPENED:
            return ""
        named = sorted(name for name, value in parse_qsl(parts.query) if value)
        return endpoint + (f"?{'&'.join(named)}" if named else "")

    def _look(self, path: str, kind: str, number: int) -> Iterator[str]:
        self.console.clear()
        self.page.set_viewport_size({"width": WIDTHS[0], "height": 800})
        try:
            answer = self.page.goto(self.url + path)
        except BrowserError as error:
            if "Download" not in str(error):
                self._say(path, str(error).splitlines()[0])
            return
        if answer is None or not self._is_page(path, answer):
            return
        self._check(path)
        for width in WIDTHS:
            self._picture(path, kind, number, width)
        for link in self.page.evaluate(LINKS):
            if link.startswith(self.url):
                yield link.removeprefix(self.url).split("#")[0] or "/"

    def _is_page(self, path: str, answer: Response) -> bool:
        if answer.status >= 400:
            self._say(path, f"状态{answer.status}")
        return "text/html" in answer.headers.get("content-type", "")

    def _check(self, path: str) -> None:
        facts = self.page.evaluate(FACTS)
        if facts["h1"] != 1:
            self._say(path, f"有{facts['h1']}个h1")
        if not facts["title"] or facts["words"] < 10:
            self._say(path, "页面是空的")
        for text in self.console:
            self._say(path, f"控制台：{text[:200]}")

    def _picture(self, path: str, kind: str, number: int, width: int) -> None:
        height = min(int(self.page.evaluate("document.documentElement.scrollHeight")), TALLEST)
        self.page.set_viewport_size({"width": width, "height": max(height, 400)})
        if (by := int(self.page.evaluate(OVERFLOW))) > 0:
            self._say(path, f"宽{width}时横向溢出{by}像素")
        name = re.sub(r"[^a-z0-9_.-]+", "-", f"{kind}-{number}".lower())[:80]
        if width != WIDTHS[0]:
            height = min(int(self.page.evaluate("document.documentElement.scrollHeight")), TALLEST)
            self.page.set_viewport_size({"width": width, "height": max(height, 400)})
        self.page.screenshot(path=str(self.out / f"{name}-{width}.png"))

    def _hear(self, message: ConsoleMessage) -> None:
        """Keep an error with its address; beside a bare picture or PDF Chromium asks for an icon by habit, and later than its page."""
        address = str(message.location.get("url", ""))
        if message.type == "error" and urlsplit(address).path != "/favicon.ico":
            self.console.append(f"{message.text} {address}".strip())

    def _say(self, path: str, what: str) -> None:
        self.seen.troubles.append(f"{path}：{what}")


def never_opened(rules: list[Rule], walks: list[Seen]) -> list[str]:
    """List the views that a link could lead to and nobody was led to."""
    opened = {kind.split("?")[0] for seen in walks for kind in seen.pages}
    return sorted({rule.endpoint for rule in rules if "GET" in (rule.methods or ())} - opened - NOT_OPENED)


def walk_all(browser: Browser, url: str, instance: Path, out: Path, usernames: list[str], most: int) -> bool:
    """Let everybody walk, print what was seen, and say whether nothing was wrong."""
    app = create_app(Settings.load({}, instance=instance))
    routes = app.url_map.bind("127.0.0.1")
    walks = []
    for username in usernames:
        began = time.monotonic()
        context = browser.new_context(viewport={"width": WIDTHS[0], "height": 800}, locale="zh-CN", timezone_id="Asia/Shanghai")
        context.set_default_timeout(30_000)
        walks.append(seen := Walk(context, url, username, routes, out, most).go())
        context.close()
        count = sum(map(len, seen.pages.values()))
        print(f"{username}：{len(seen.pages)}种、{count}页，{time.monotonic() - began:.0f}秒，{len(seen.troubles)}处问题", flush=True)
        for trouble in dict.fromkeys(seen.troubles):
            print(f"    {trouble}", flush=True)
    print("没有人走到的页面：" + "、".join(never_opened(list(app.url_map.iter_rules()), walks)))
    return not any(seen.troubles for seen in walks)


@contextmanager
def served(url: str | None, instance: Path | None) -> Iterator[tuple[str, Path]]:
    """Use a demo that is being served, or make one and serve it."""
    if url and instance:
        yield url, instance
        return
    with tempfile.TemporaryDirectory() as folder, demo(Path(folder)) as made:
        yield made, Path(folder) / "instance"


def main() -> None:
    """Walk, and end with 1 where something is wrong."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("out", type=Path, help="the folder for the pictures, one folder per user name in it")
    reader.add_argument("usernames", nargs="*", default=list(WALKERS), help="who walks; one of every role unless told otherwise")
    reader.add_argument("--url", help="a demo that is being served already, with --instance")
    reader.add_argument("--instance", type=Path)
    reader.add_argument("--most", type=int, default=OF_A_KIND, help="how many pages of a kind each of them opens")
    given = reader.parse_args()
    with served(given.url, given.instance) as (url, instance), sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        good = walk_all(browser, url, instance, given.out, given.usernames, given.most)
        browser.close()
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
