"""The built site in a real browser: every page, wide and narrow, light and dark, with and without scripts."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

CHAPTER = "book/setup/activations.html"
PHONE = {"width": 375, "height": 812}
DESKTOP = {"width": 1280, "height": 900}
# Images load when they are near; here all of them are asked for at once.
BROKEN_IMAGES = """async () => {
    const broken = [];
    for (const image of document.images) {
        image.loading = "eager";
        await image.decode().catch(() => broken.push(image.src));
    }
    return broken;
}"""
TABS = 8
# Milliseconds in which scripts that load later may still misbehave.
LATE = 500
REDIRECT = 'http-equiv="refresh"'


@pytest.fixture(scope="session")
def pages(site: Path) -> list[str]:
    """The addresses of all pages within the site, redirects and templates left out."""
    found = sorted(path for path in site.rglob("*.html") if "_static" not in path.parts)
    texts = {
        path.relative_to(site).as_posix(): path.read_text(encoding="utf-8") for path in found
    }
    names = [name for name, text in texts.items() if REDIRECT not in text.lower()]
    assert CHAPTER in names
    return names


@contextmanager
def opened(browser: Browser, **options: object) -> Iterator[Page]:
    """A page with its own, empty context."""
    context = browser.new_context(**options)
    yield context.new_page()
    context.close()


def watch(page: Page, origin: str) -> list[str]:
    """A list that fills with what goes wrong on the page."""
    troubles: list[str] = []

    def console(message):
        if message.type in ("error", "warning"):
            troubles.append(f"console {message.type}: {message.text}")

    def request(sent):
        if not sent.url.startswith((f"{origin}/", "data:", "blob:")):
            troubles.append(f"foreign request: {sent.url}")

    def response(got):
        if got.status >= 400:
            troubles.append(f"{got.status}: {got.url}")

    page.on("console", console)
    page.on("request", request)
    page.on("response", response)
    page.on("pageerror", lambda error: troubles.append(f"uncaught: {error}"))
    page.on("requestfailed", lambda sent: troubles.append(f"failed: {sent.url} {sent.failure}"))
    return troubles


def inspect(page: Page, troubles: list[str]) -> dict[str, object]:
    """What goes wrong on a page that was opened, and how wide it is on a phone."""
    troubles += [f"broken image: {source}" for source in page.evaluate(BROKEN_IMAGES)]
    page.set_viewport_size(PHONE)
    widths = []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        widths.append(page.evaluate("document.scrollingElement.scrollWidth"))
    return {"troubles": troubles, "width": max(widths)}


@pytest.fixture(scope="session")
def visits(browser, origin, pages) -> dict[str, dict[str, object]]:
    """One visit to every page, by name; a few at a time, to wait for late requests together."""
    found = {}
    context = browser.new_context(viewport=DESKTOP, color_scheme="light")
    for start in range(0, len(pages), TABS):
        names = pages[start : start + TABS]
        tabs = {name: context.new_page() for name in names}
        troubles = {name: watch(tab, origin) for name, tab in tabs.items()}
        for name, tab in tabs.items():
            tab.goto(f"{origin}/{name}")
        tab.wait_for_timeout(LATE)
        for name, tab in tabs.items():
            found[name] = inspect(tab, troubles[name])
            tab.close()
    context.close()
    return found


def test_every_page_loads_without_trouble(visits):
    found = [f"{name}: {seen['troubles']}" for name, seen in visits.items() if seen["troubles"]]
    assert not found, "\n".join(found)


def test_no_page_is_wider_than_a_phone(visits):
    widths = {name: seen["width"] for name, seen in visits.items()}
    wide = [f"{name}: {width} px" for name, width in widths.items() if width > PHONE["width"]]
    assert not wide, "\n".join(wide)


def test_the_chapter_loads_without_trouble_in_the_dark(browser, origin):
    with opened(browser, viewport=PHONE, color_scheme="dark") as page:
        troubles = watch(page, origin)
        page.goto(f"{origin}/{CHAPTER}")
        page.wait_for_timeout(LATE)
        assert page.evaluate(BROKEN_IMAGES) == []
        assert page.evaluate("document.scrollingElement.scrollWidth") <= PHONE["width"]
    assert troubles == []


def test_dark_pages_are_dark(browser, origin):
    lightness = {}
    for scheme in ("light", "dark"):
        with opened(browser, color_scheme=scheme) as page:
            page.goto(f"{origin}/{CHAPTER}")
            color = page.evaluate("getComputedStyle(document.body).backgroundColor")
            lightness[scheme] = sum(int(part) for part in color[4:-1].split(","))
    assert lightness["dark"] < 200
    assert lightness["light"] > 600


def test_the_long_name_of_a_module_breaks_between_its_parts(browser, origin):
    with opened(browser, viewport=PHONE) as page:
        page.goto(f"{origin}/book/api/nnbook.experiments.gradient_checking.kinks.html")
        lines = page.evaluate("""() => {
            const range = document.createRange();
            const nodes = [...document.querySelector("h1 .pre").childNodes];
            return nodes.filter((node) => node.data).map((part) => {
                range.selectNode(part);
                return [part.data, range.getClientRects().length];
            });
        }""")
    assert lines == [
        [part, 1] for part in ("nnbook.", "experiments.", "gradient_", "checking.", "kinks")
    ]


def test_search_finds_the_chapter(browser, origin):
    with opened(browser) as page:
        troubles = watch(page, origin)
        page.goto(f"{origin}/search.html?q=dead+ReLU")
        results = page.locator("#search-results ul.search li a")
        results.first.wait_for()
        page.wait_for_timeout(LATE)
        links = [link.get_attribute("href") for link in results.all()]
    assert any(CHAPTER in link for link in links), links
    assert troubles == []


def test_the_chapter_reads_without_scripts(browser, origin):
    loaded = set()
    with opened(browser, java_script_enabled=False) as page:
        troubles = watch(page, origin)
        page.on("requestfinished", lambda request: loaded.add(request.url.rsplit("/", 1)[-1]))
        page.goto(f"{origin}/{CHAPTER}")
        page.wait_for_timeout(LATE)
        article = page.locator("article")
        assert "dead" in article.inner_text()
        formulas = article.locator(".katex .katex-html")
        assert formulas.count() > 0
        assert formulas.first.is_visible()
        figures = article.locator("figure:has(img)").all()
        assert figures
        for figure in figures:
            picture = figure.locator("img:visible").first
            assert picture.bounding_box()["width"] > 100
            assert picture.get_attribute("src").rsplit("/", 1)[-1] in loaded
    assert [trouble for trouble in troubles if ".js" not in trouble] == []


def test_mathematics_uses_the_fonts_of_the_site(browser, origin):
    with opened(browser) as page:
        page.goto(f"{origin}/{CHAPTER}")
        page.wait_for_timeout(LATE)
        family = page.evaluate("getComputedStyle(document.querySelector('.katex')).fontFamily")
        loaded = page.evaluate(
            "[...document.fonts].filter(f => f.status === 'loaded').map(f => f.family)"
        )
    assert "KaTeX_Main" in family
    assert any("KaTeX" in name for name in loaded), loaded
