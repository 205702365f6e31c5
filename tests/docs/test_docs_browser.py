"""The built documentation in a browser. ``SKSHALLOW_DOCS`` is the folder of its index.html."""

import os
import re
import shutil
from functools import cache, partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import unquote

import pytest

if "SKSHALLOW_DOCS" not in os.environ:
    pytest.skip("SKSHALLOW_DOCS is not set", allow_module_level=True)

from playwright.sync_api import sync_playwright

DOCS = Path(os.environ["SKSHALLOW_DOCS"]).resolve()
PAGES = sorted(
    str(page.relative_to(DOCS)) for page in DOCS.rglob("*.html") if "_static" not in page.parts
)
WIDTHS = {"desktop": 1280, "phone": 390}


class QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, *args):
        pass


@pytest.fixture(scope="module")
def site():
    """The address of a server for the built pages."""
    with ThreadingHTTPServer(("localhost", 0), partial(QuietHandler, directory=DOCS)) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://localhost:{server.server_port}/"
        server.shutdown()


@pytest.fixture(scope="module")
def browser():
    executable = shutil.which("chromium") or shutil.which("google-chrome")
    assert executable, "Install chromium: apt-get install chromium."
    options = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=options)
        yield browser.new_context()  # whose pages share a cache
        browser.close()


@cache
def anchors(path):
    return {"", *re.findall(r'\bid="([^"]*)"', path.read_text(encoding="utf-8"))}


def is_dead(link, site):
    """Whether the target of a link within the site is missing."""
    path, _, fragment = unquote(link.removeprefix(site)).partition("#")
    target = DOCS / (path.partition("?")[0] or "index.html")
    if not target.is_file():
        return True
    return target.suffix == ".html" and fragment not in anchors(target)


@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS)
@pytest.mark.parametrize("name", PAGES)
def test_page(browser, site, name, width):
    trouble = []
    page = browser.new_page()
    page.set_viewport_size({"width": width, "height": 844})
    page.on("console", lambda message: message.type == "error" and trouble.append(message.text))
    page.on("pageerror", lambda error: trouble.append(str(error)))
    page.on("request", lambda request: request.url.startswith((site, "data:")) or trouble.append(
        f"{request.url} is fetched from elsewhere"))  # fmt: skip
    page.on("response", lambda response: response.ok or trouble.append(
        f"{response.status} for {response.url}"))  # fmt: skip
    page.goto(site + name, wait_until="load")

    links = page.eval_on_selector_all("a[href]", "links => links.map(link => link.href)")
    trouble += [f"dead: {link}" for link in links if link.startswith(site) and is_dead(link, site)]
    missing = """async pictures => {
        pictures.forEach(picture => picture.loading = "eager");
        await Promise.allSettled(pictures.map(picture => picture.decode()));
        return pictures.filter(picture => !picture.naturalWidth).map(picture => picture.src);
    }"""
    trouble += [f"missing: {src}" for src in page.eval_on_selector_all("img", missing)]
    wider = "boxes => Math.max(...boxes.map(box => box.scrollWidth - box.clientWidth))"
    overflow = page.eval_on_selector_all("html, .bd-article-container", wider)
    if overflow > 0:
        trouble.append(f"{overflow} pixels wider than the window")
    page.close()
    assert trouble == []


@pytest.mark.parametrize(
    ("name", "heading"),
    [
        ("index.html", "skshallow"),
        ("from_the_notes/index.html", "From the notes to the code"),
        ("from_the_notes/plot_3_activations.html", "The activations and their derivatives"),
        ("api/generated/skshallow.ShallowNetClassifier.html", "ShallowNetClassifier"),
    ],
)
def test_page_has_its_heading(browser, site, name, heading):
    page = browser.new_page()
    page.goto(site + name)
    assert heading in page.inner_text("h1")
    page.close()
