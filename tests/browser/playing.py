"""How the tests play a lab: where it is, how its page is opened, its buttons pressed, its modules used."""
# ruff: noqa: RUF001 - the signs of mathematics are what is read

import json
import re
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Page

RACE = "book/dynamics/optimizers.html"
PLACES = {
    "optimizers": RACE,
    "activations": "book/setup/activations.html",
    "initialization": "book/setup/initialization.html",
    "playground": "book/playground.html",
    "whitening": "book/setup/preprocessing.html",
    "zigzag": "book/setup/activations.html",
    "batchnorm": "book/setup/batch-normalization.html",
    "dead-relu": "book/setup/activations.html",
    "search": "book/dynamics/hyperparameters.html",
}


@contextmanager
def page_of(browser, **options: object):
    context = browser.new_context(**options)
    page = context.new_page()
    page.troubles = []
    page.on("pageerror", lambda error: page.troubles.append(f"uncaught: {error}"))
    page.on(
        "console",
        lambda said: (
            page.troubles.append(said.text) if said.type in ("error", "warning") else None
        ),
    )
    yield page
    context.close()


def start(page: Page, origin: str, lab: str, query: str = ""):
    """Open the chapter, come near to the lab and wait until it runs."""
    page.goto(f"{origin}/{PLACES[lab]}{query}")
    place = page.locator(f"#lab-{lab}")
    place.scroll_into_view_if_needed()
    place.locator(".lab-live").wait_for()
    return place


def press(page: Page, place, name: str, key: str = "Enter") -> None:
    """Use a control as the keyboard does: give it the focus, then press a key."""
    place.get_by_role("button", name=name, exact=True).focus()
    page.keyboard.press(key)


def plain(text: str) -> str:
    """A text with numbers as Python writes them."""
    text = text.replace("\N{MINUS SIGN}", "-").replace("\N{NO-BREAK SPACE}", " ")
    raised = str.maketrans("\N{SUPERSCRIPT MINUS}⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
    return re.sub(
        r"(?:([\d.]+) × )?10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)",
        lambda found: f"{found[1] or 1}e{found[2].translate(raised)}",
        text,
    )


def in_page(page: Page, modules: list[str], body: str, argument: object = None) -> Any:
    """What some lines of JavaScript return that use the exports of modules of src/labs, and `argument`."""
    return page.evaluate(
        f"""async (argument) => {{
            const site = document.baseURI.replace(/book\\/.*/, "_static/labs/");
            const load = (name) => import(`${{site}}${{name}}.js`);
            const modules = await Promise.all({json.dumps(modules)}.map(load));
            const labs = Object.assign({{}}, ...modules.reverse());
            {body}
        }}""",
        argument,
    )
