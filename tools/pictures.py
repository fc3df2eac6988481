"""Take the pictures of the README from a running demo city: `tools/pictures.py http://localhost:8000`."""

import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

PASSWORD = "yibao-demo-2026"
FOLDER = Path(__file__).resolve().parent.parent / "docs" / "pictures"
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}


def sign_in(*, page: Page, path: str, login: str) -> None:
    """Sign in at one of the two doors."""
    page.goto(path)
    page.locator("main input[type=text]").fill(login)
    page.locator("main input[type=password]").fill(PASSWORD)
    page.locator("main button[type=submit], main form button").last.click()


def main(url: str) -> None:
    """Take one picture of the citizen's page and one of the desk."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        page = browser.new_context(base_url=url, locale="zh-CN", viewport=PHONE).new_page()
        sign_in(page=page, path="/sign-in", login="citizen1")
        page.wait_for_load_state("networkidle")
        page.screenshot(path=FOLDER / "home-390.png")
        page = browser.new_context(base_url=url, locale="zh-CN", viewport=DESK).new_page()
        sign_in(page=page, path="/workbench/sign-in", login="clerk")
        page.locator("main table tr").filter(has_text="1,949.10").locator("a").first.click()
        page.wait_for_load_state("networkidle")
        page.screenshot(path=FOLDER / "desk-1280.png")


if __name__ == "__main__":
    main(sys.argv[1])
