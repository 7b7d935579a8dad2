"""A real browser for tests: Debian's chromium, driven by Playwright, and axe-core for accessibility."""

import json
import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
needs_browser = pytest.mark.skipif(
    CHROMIUM is None, reason="no chromium on the path: apt-get install chromium, as .ci/run does"
)
needs_axe = pytest.mark.skipif(
    not AXE.exists(), reason="no axe-core in node_modules: npm install --no-save axe-core, as .ci/run does"
)
WIDTHS = 390, 1280  # pixels: a telephone, a desk


class Tab:
    """A page in the browser, with what it logged and what it asked the network for."""

    def __init__(self, browser, path, width=1280, scripts=True, address=""):
        context = browser.new_context(viewport={"width": width, "height": 900}, java_script_enabled=scripts)
        self.page = context.new_page()
        self.logged, self.asked = [], []
        self.page.on("console", lambda message: self.logged.append(f"{message.type}: {message.text}"))
        self.page.on("pageerror", lambda error: self.logged.append(str(error)))
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.goto(path.resolve().as_uri() + address)

    @property
    def requests(self):
        """What it asked for beside itself; data: is inside of the page."""
        return [url for url in self.asked[1:] if not url.startswith("data:")]

    def overflows(self):
        """By how many pixels the page is wider than the window."""
        return self.page.evaluate("document.documentElement.scrollWidth - innerWidth")

    def violations(self):
        """What axe-core says against WCAG A and AA, by rule."""
        self.page.evaluate(AXE.read_text(encoding="utf-8"))
        kinds = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
        options = {"runOnly": {"type": "tag", "values": kinds}}
        found = self.page.evaluate(f"axe.run(document, {json.dumps(options)})")["violations"]
        return {rule["id"]: [node["html"] for node in rule["nodes"]] for rule in found}


@pytest.fixture(scope="module")
def browser():
    """One browser for a file of tests."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()
