"""The labs in a real browser: whether they start and fit, and what happens where they cannot."""

import pytest
from playing import PLACES, RACE, page_of, press, start
from playwright.sync_api import Page, expect


@pytest.mark.parametrize("lab", PLACES)
def test_a_lab_starts_and_fits(browser, origin, lab):
    with page_of(browser, viewport={"width": 1280, "height": 900}) as page:
        place = start(page, origin, lab)
        expect(place.locator("details.lab-still")).not_to_have_attribute("open", "")
        live = place.locator(".lab-live")
        for width in 1280, 320:
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate("document.scrollingElement.scrollWidth") <= width
            box = live.bounding_box()
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= width
        names = live.evaluate(
            """el => [...el.querySelectorAll("button, input, select")].map(control =>
                control.innerText || control.labels?.[0]?.innerText || "")"""
        )
        assert all(name.strip() for name in names), names
        light = live.evaluate("el => getComputedStyle(el).getPropertyValue('--lab-ink')")
        page.emulate_media(color_scheme="dark")
        expect(page.locator("html")).to_have_attribute("data-theme", "dark")
        dark = live.evaluate("el => getComputedStyle(el).getPropertyValue('--lab-ink')")
        assert light != dark
        assert page.troubles == []


def test_the_scripts_of_a_lab_load_when_it_is_near(browser, origin):
    with page_of(browser, viewport={"width": 1280, "height": 700}) as page:
        loaded = []
        page.on("requestfinished", lambda sent: loaded.append(sent.url))
        page.goto(f"{origin}/{RACE}")
        page.wait_for_timeout(300)
        early = [url for url in loaded if "/labs/" in url]
        assert [url.rsplit("/", 1)[-1].split("?")[0] for url in early] == ["loader.js"]
        page.locator("#lab-optimizers").scroll_into_view_if_needed()
        page.locator("#lab-optimizers .lab-live").wait_for()
        assert any("race.js" in url for url in loaded)


def test_a_setting_is_in_the_address_and_comes_back_from_it(browser, origin):
    with page_of(browser) as page:
        place = start(page, origin, "optimizers")
        place.get_by_label("Steps").focus()
        page.keyboard.press("ArrowRight")
        place.get_by_label("Landscape", exact=True).select_option("saddle")
        assert "optimizers.steps=5" in page.url
        url = page.url
        page.goto("about:blank")
        page.goto(url)
        place = page.locator("#lab-optimizers")
        place.scroll_into_view_if_needed()
        place.locator(".lab-live").wait_for()
        assert place.get_by_label("Landscape", exact=True).input_value() == "saddle"


def test_nonsense_in_the_address_is_named_as_text(browser, origin):
    with page_of(browser) as page:
        query = "?optimizers.steps=1e9&optimizers.nope=<img src=x onerror=alert(1)>"
        place = start(page, origin, "optimizers", query)
        complaint = place.locator(".lab-complaint")
        expect(complaint).to_contain_text("steps=1e9")
        expect(complaint).to_contain_text("nope=<img")
        assert place.locator(".lab-complaint img").count() == 0
        assert page.troubles == []


def test_a_run_that_diverges_says_so(browser, origin):
    with page_of(browser) as page:
        place = start(page, origin, "optimizers", "?optimizers.sgd_rate=3&optimizers.steps=100")
        press(page, place, "Play")
        expect(place.locator(".lab-spoken")).to_contain_text(
            "SGD diverged at step", timeout=20000
        )


def test_with_reduced_motion_the_end_is_shown_and_not_the_way(browser, origin):
    with page_of(browser, reduced_motion="reduce") as page:
        place = start(page, origin, "optimizers")
        page.evaluate(
            """() => { window.shown = new Set();
                new MutationObserver(() => shown.add(document.querySelector(".lab-readout").textContent))
                    .observe(document.querySelector(".lab-readout"), {childList: true}); }"""
        )
        press(page, place, "Play")
        expect(place.locator(".lab-spoken")).to_contain_text("After 50 steps", timeout=20000)
        assert page.evaluate("shown.size") == 1


@pytest.mark.parametrize("lab", PLACES)
def test_the_picture_stays_where_no_script_runs(browser, origin, lab):
    with page_of(browser, java_script_enabled=False) as page:
        stays_still(page, f"{origin}/{PLACES[lab]}", lab)


def test_the_picture_stays_on_a_page_opened_from_disk(browser, site):
    with page_of(browser) as page:
        stays_still(page, (site / RACE).as_uri(), "optimizers")


def stays_still(page: Page, address: str, lab: str) -> None:
    """The picture is there, with a sentence, and no experiment."""
    page.goto(address)
    place = page.locator(f"#lab-{lab}")
    place.scroll_into_view_if_needed()
    page.wait_for_timeout(300)
    assert place.locator("img:visible").count() >= 1
    assert "server" in place.locator(".lab-note").inner_text()
    assert place.locator(".lab-live").count() == 0


def test_a_script_that_does_not_arrive_leaves_the_picture(browser, origin):
    with page_of(browser) as page:
        page.route("**/labs/race.js*", lambda route: route.abort())
        page.goto(f"{origin}/{RACE}")
        place = page.locator("#lab-optimizers")
        place.scroll_into_view_if_needed()
        expect(place.locator(".lab-note")).to_contain_text("could not start")
        assert place.locator("img:visible").count() >= 1
