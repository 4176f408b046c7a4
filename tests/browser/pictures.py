"""Take the pictures of the user manual: a demo of its own, one visit per role, small PNG files."""

import io
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from fanpin.cli.demo_people import PASSWORD
from tests.browser.people import ARGUMENTS, CHROMIUM, Person

PICTURES = Path(__file__).parent.parent.parent / "docs" / "pictures"
WIDTH, TALLEST = 1100, 1300
COLOURS = (64, 32, 16)
MOST_BYTES = 120_000
START_SECONDS = 60


@dataclass(frozen=True)
class Shot:
    """One picture: its name, who looks, which words are pressed or addresses opened on the way there."""

    name: str
    username: str
    way: tuple[str, ...] = ()
    width: int = WIDTH


SHOTS = (
    Shot("cun-desk", "cun"),
    Shot("cun-phone", "cun", width=390),
    Shot("cun-lead", "cun", ("/intake/new",)),
    Shot("cun-household", "cun", ("/households/", "@main tbody a")),
    Shot("cun-survey", "cun", ("@main a[href$='/survey']",)),
    Shot("cun-case", "cun2", ("/cases?stage=deliberation", "@main tbody a")),
    Shot("cun-list", "cun2", ("/lists?stage=deliberation", "@main tbody a")),
    Shot("cun-notice", "cun", ("/lists?stage=publicity", "@main tbody a", "查看公示")),
    Shot("zu-desk", "zu"),
    Shot("xiang-township", "xiang2", ("/township", "@main tbody a")),
    Shot("xiangzhang-desk", "xiangzhang2"),
    Shot("xian-desk", "xian"),
    Shot("xian-review", "xian", ("/county", "@main tbody a")),
    Shot("xianshen-desk", "xianshen"),
    Shot("bm-answer", "bm-education", ("/inquiries", "@main tbody tr:nth-child(2) a")),
    Shot("zhuze-tasks", "zhuze", ("/assistance?status=started",)),
    Shot("zhou-progress", "zhou", ("/progress",)),
    Shot("system-accounts", "system", ("/accounts",)),
    Shot("security-grants", "security", ("/grants",)),
    Shot("audit-trail", "audit", ("/trail",)),
)


@contextmanager
def demo(folder: Path) -> Iterator[str]:
    """Make a demo in a folder and serve it while the block runs."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    fanpin = [sys.executable, "-m", "fanpin.cli", "--instance", str(folder / "instance")]
    subprocess.run([*fanpin, "demo", "make", "--households", "180"], check=True)
    with subprocess.Popen([*fanpin, "serve", "--no-worker", "--port", str(port)]) as server:
        try:
            wait_for(f"http://127.0.0.1:{port}")
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()


def wait_for(url: str) -> None:
    """Return when the server answers."""
    until = time.monotonic() + START_SECONDS
    while True:
        try:
            urllib.request.urlopen(f"{url}/healthz", timeout=5).close()
            return
        except urllib.error.URLError:
            if time.monotonic() > until:
                raise
            time.sleep(0.2)


def take(browser: Browser, url: str, shot: Shot) -> bytes:
    """Go where the picture is and take it."""
    context = browser.new_context(viewport={"width": shot.width, "height": 700}, locale="zh-CN", timezone_id="Asia/Shanghai")
    context.set_default_timeout(10_000)
    person = Person(context.new_page(), url, shot.username, PASSWORD).at_work()
    for step in shot.way:
        if step.startswith("/"):
            person.go(step)
        elif step.startswith("@"):
            person.go(person.page.locator(step[1:]).first.evaluate("link => link.href"))
        else:
            person.press(step)
    height = min(int(person.page.evaluate("document.documentElement.scrollHeight")), TALLEST)
    person.page.set_viewport_size({"width": shot.width, "height": height})
    picture = person.page.screenshot()
    context.close()
    return picture


def small(picture: bytes) -> bytes:
    """Return the picture with as many colours as fit into the size of a manual's picture."""
    with Image.open(io.BytesIO(picture)) as full:
        image = full.convert("RGB")
    for colours in COLOURS:
        out = io.BytesIO()
        image.quantize(colours, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
        if out.tell() < MOST_BYTES:
            break
    return out.getvalue()


def main(wanted: list[str]) -> None:
    """Take every picture, or those whose names are given."""
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, demo(Path(folder)) as url, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        for shot in SHOTS:
            if wanted and not any(re.fullmatch(name, shot.name) for name in wanted):
                continue
            content = small(take(browser, url, shot))
            (PICTURES / f"{shot.name}.png").write_bytes(content)
            print(f"{shot.name}.png {len(content) // 1000} kB")
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1:])
