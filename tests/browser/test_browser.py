"""What people do on the pages, done in Chromium."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from page_rows import PAGE_ARTICLES
from playwright.sync_api import Page, expect
from sample import build, write_rows

from semsearch.settings import Settings

OpenPage = Callable[..., Page]

AXE = Path(__file__).parent / "axe.min.js"
WCAG = {
    "type": "tag",
    "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
}
# Nothing but colours differs between light and dark.
COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
PAGES = {
    "home": "/",
    "results": "/?q=what+did+Anna+Keller+say+about+budgets+in+2023&per_article=0&k=4",
    "filtered": "/?q=ferry&source=Evening+Post&from=2021-03-01&unlike=&k=4",
    "nothing found": '/?q="no+such+phrase"',
    "article": "/articles/rates-1?q=inflation",
    "article gone": "/articles/gone",
    "hostile article": "/articles?id=odd//id%3F%26%23%22%3Cb%3E%27%2520",
    "hostile word": "/articles?id=odd//id%3F%26%23%22%3Cb%3E%27%2520&at=1000",
    "speakers": "/speakers",
    "speaker": "/speakers/Anna%20Keller",
    "status": "/status",
    "not found": "/no/such/page",
    "bad filter": "/?q=x&from=2",
}
FAILING = {"article gone", "not found", "bad filter"}
LAYOUT_SHIFT = """() => new Promise((done) => {
  let total = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) total += entry.value;
  }).observe({ type: "layout-shift", buffered: true });
  requestAnimationFrame(() => requestAnimationFrame(() => done(total)));
})"""

FIRST_PAINT = """() => new Promise((done) => {
  new PerformanceObserver((list) => {
    const painted = list.getEntriesByName("first-contentful-paint");
    if (painted.length) done(painted[0].startTime);
  }).observe({ type: "paint", buffered: true });
})"""


def faults(page: Page, rules: dict[str, Any] = WCAG) -> list[str]:
    """What axe-core finds wrong: rule and place."""
    if not page.evaluate("'axe' in window"):
        page.add_script_tag(path=AXE)
    found = page.evaluate("(rules) => axe.run(document, {runOnly: rules})", rules)
    return [
        f"{violation['id']}: {node['html'][:120]}"
        for violation in found["violations"]
        for node in violation["nodes"]
    ]


@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_in_light_and_dark(open_page: OpenPage, name: str) -> None:
    page = open_page(PAGES[name], fails=name in FAILING, bypass_csp=True, color_scheme="light")
    page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
    assert faults(page) == []
    page.emulate_media(color_scheme="dark")
    assert faults(page, COLOURS) == []


@pytest.mark.parametrize("name", PAGES)
def test_nothing_is_cut_off_at_360_pixels_nor_shifts(open_page: OpenPage, name: str) -> None:
    page = open_page(PAGES[name], fails=name in FAILING, viewport={"width": 360, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    # To three decimals: a busy machine may paint a line by halves, which moves it by less than a
    # pixel (0.0001); a line of text that moves by its own height is 0.001 or more.
    assert round(page.evaluate(LAYOUT_SHIFT), 3) == 0


def test_at_twice_the_size_nothing_is_cut_off(open_page: OpenPage) -> None:
    # A window of 1280 pixels at 200 % is 640 CSS pixels wide.
    page = open_page(
        PAGES["results"], viewport={"width": 640, "height": 400}, device_scale_factor=2
    )
    assert page.evaluate("document.documentElement.scrollWidth") <= 640


@pytest.mark.parametrize("path", ["/", PAGES["results"], "/articles/rates-1"])
def test_the_first_visit_is_light_and_fast(open_page: OpenPage, path: str) -> None:
    page = open_page(path)
    sizes = page.evaluate(
        "performance.getEntries().filter((e) => e.transferSize).map((e) => e.transferSize)"
    )
    assert len(sizes) >= 3
    assert sum(sizes) < 60_000
    painted_ms = page.evaluate(FIRST_PAINT)
    assert painted_ms < 3000


@pytest.fixture
def home(open_page: OpenPage) -> Page:
    page = open_page("/")
    # Browsers move the focus with the first frame they draw: keys pressed before it go nowhere.
    expect(page.locator("#q")).to_be_focused()
    return page


@pytest.fixture
def ferry(open_page: OpenPage) -> Page:
    return open_page("/?q=ferry&mode=lexical")


def test_one_can_type_and_ask_at_once(home: Page) -> None:
    expect(home.locator("#q")).to_be_focused()
    home.keyboard.type("stolen violin")
    home.keyboard.press("Enter")
    expect(home.locator(".hit h2").first).to_have_text("A violin comes home")
    expect(home.locator(".hit mark.answer").first).to_contain_text("returned to the orchestra")


def test_everything_works_without_javascript(open_page: OpenPage) -> None:
    page = open_page("/", java_script_enabled=False)
    page.fill("#q", "ferry passengers")
    page.click("form.box button")
    page.click("aside a:has-text('Evening Post')")
    expect(page.locator(".chip")).to_contain_text("source: Evening Post")
    page.click(".hit h2 a")
    expect(page.locator("#passage")).to_be_visible()
    page.click("a[rel=next]")
    page.click("summary:has-text('BibTeX')")
    expect(page.locator(".cite pre").nth(1)).to_contain_text("@article{")
    page.click("a:has-text('All passages')")
    expect(page.locator(".hit").first).to_be_visible()


def test_back_and_forward_walk_through_filters(ferry: Page) -> None:
    total = ferry.locator(".total strong")
    expect(total).to_have_text("12 passages")
    ferry.click("aside a:has-text('Evening Post')")
    expect(total).to_have_text("6 passages")
    ferry.go_back()
    expect(total).to_have_text("12 passages")
    ferry.go_forward()
    expect(total).to_have_text("6 passages")


def test_a_bar_of_the_picture_can_be_clicked(ferry: Page) -> None:
    ferry.click(".months a >> nth=1")
    expect(ferry.locator(".total strong")).to_have_text("3 passages")
    ferry.click(".months a >> nth=1")
    expect(ferry.locator(".hit h2")).to_have_text(["Ferry report for month 5"])
    ferry.click(".chip")
    expect(ferry.locator(".total strong")).to_have_text("12 passages")


def test_the_slash_key_goes_to_the_box_unless_switched_off(ferry: Page) -> None:
    ferry.keyboard.press("/")
    expect(ferry.locator("#q")).to_be_focused()
    ferry.click(".shortcuts")
    ferry.locator("h1").first.evaluate("() => document.activeElement.blur()")
    ferry.keyboard.press("/")
    expect(ferry.locator("#q")).not_to_be_focused()


def test_arrows_move_through_the_hits_and_enter_opens(ferry: Page) -> None:
    ferry.keyboard.press("ArrowDown")
    ferry.keyboard.press("ArrowDown")
    second = ferry.locator(".hit h2 a").nth(1)
    expect(second).to_be_focused()
    title = second.inner_text()
    ferry.keyboard.press("Enter")
    expect(ferry.locator("h1")).to_have_text(title)
    expect(ferry.locator("#passage")).to_be_in_viewport()


def test_suggestions_can_be_taken_with_the_keyboard(home: Page) -> None:
    box = home.locator("#q")
    home.keyboard.type("anna")
    option = home.get_by_role("option", name="Anna Keller")
    expect(option).to_be_visible()
    expect(box).to_have_attribute("aria-expanded", "true")
    home.keyboard.press("ArrowDown")
    expect(option).to_have_attribute("aria-selected", "true")
    expect(box).to_have_value("Anna Keller")
    assert box.get_attribute("aria-activedescendant") == option.get_attribute("id")
    home.keyboard.press("Escape")
    expect(box).to_have_value("anna")
    expect(box).to_have_attribute("aria-expanded", "false")


def test_a_suggestion_can_be_clicked(home: Page) -> None:
    home.keyboard.type("glac")
    home.get_by_role("option", name="Glacier lost a tenth of its ice").click()
    expect(home.locator(".hit h2").first).to_have_text("Glacier lost a tenth of its ice")


def test_a_slow_search_says_so_after_a_moment(home: Page) -> None:
    # A submission that goes nowhere is an answer that takes for ever.
    home.evaluate("document.forms[0].addEventListener('submit', (e) => e.preventDefault())")
    home.keyboard.type("ferry")
    home.keyboard.press("Enter")
    expect(home.locator(".waiting")).to_have_text("Searching…")
    expect(home.locator(".waiting")).to_be_visible()


def test_why_this_rank_shows_parts_that_add_up(ferry: Page) -> None:
    ferry.locator(".why summary").first.click()
    why = ferry.locator(".why").first
    parts = [float(text) for text in why.locator("tr:not(.sum) .figure").all_inner_texts()]
    score = float(why.locator(".sum .figure").inner_text())
    assert parts
    # Each figure is rounded to three places.
    assert sum(parts) == pytest.approx(score, abs=0.0005 * (len(parts) + 1))


def test_a_search_can_be_saved_and_found_on_the_home_page(ferry: Page) -> None:
    ferry.click("button.save")
    expect(ferry.locator("button.save")).to_have_text("Saved: forget this search")
    ferry.click("a.name")
    ferry.click(".saved a")
    expect(ferry.locator(".total strong")).to_have_text("12 passages")
    ferry.click("a.name")
    ferry.click(".saved button")
    expect(ferry.locator(".saved")).to_be_hidden()


def copied(page: Page, button: str) -> str:
    page.click(button)
    expect(page.locator(".waiting")).to_have_text("Copied.")
    text = page.evaluate("navigator.clipboard.readText()")
    assert isinstance(text, str)
    return text


CLIPBOARD = {"permissions": ["clipboard-read", "clipboard-write"]}


def test_a_citation_can_be_copied(open_page: OpenPage) -> None:
    page = open_page("/articles/rates-1", **CLIPBOARD)
    page.click("summary:has-text('Plain citation')")
    assert copied(page, "button.copy >> nth=0") == (
        "Ruth Adler. “Central bank raises its rate.” Morning Ledger, 1 March 2022."
    )


def test_the_link_to_the_answer_leads_to_the_answer(open_page: OpenPage) -> None:
    page = open_page("/?q=what+did+the+survey+find+about+the+glacier", **CLIPBOARD)
    page.click(".hit h2 a:has-text('Glacier')")
    link = copied(page, ".copy-sentence")
    parts = urlsplit(link)
    assert re.fullmatch(r"s-\d+:~:text=.+", parts.fragment)
    assert "q" not in parse_qs(parts.query)
    page.goto("about:blank")
    page.goto(link)
    expect(page.locator(".s:target")).to_be_in_viewport()


def test_the_link_to_a_selected_sentence_is_to_that_sentence(open_page: OpenPage) -> None:
    page = open_page("/articles/glacier", **CLIPBOARD)
    second = page.locator(".s").nth(1)
    second.select_text()
    link = copied(page, ".copy-sentence")
    assert f"#{second.get_attribute('id')}:~:text=Meltwater%20has%20formed" in link


def test_every_sentence_can_show_its_link(open_page: OpenPage) -> None:
    page = open_page("/articles/glacier")
    expect(page.locator(".anchor").first).to_be_hidden()
    page.click("button.anchors")
    expect(page.locator(".anchor").first).to_be_visible()


def test_a_quote_of_somebody_leads_to_its_place(open_page: OpenPage) -> None:
    page = open_page("/speakers/Mira%20Solberg")
    page.click(".said-list a")
    expect(page.locator("[id^=q-]:target")).to_contain_text("I have never seen such a summer")


def test_hostile_text_runs_nothing(open_page: OpenPage) -> None:
    page = open_page("/?q=lighthouse&mode=lexical")
    expect(page.locator(".hit")).not_to_have_count(0)
    page.click(".hit h2 a >> nth=0")
    expect(page.locator("h1")).to_contain_text("<script>document.title='taken'</script>")
    assert page.title() != "taken"
    expect(page.locator(".text")).to_contain_text("👨‍👩‍👧")


def test_colours_of_print_are_black_on_white_without_controls(ferry: Page) -> None:
    ferry.emulate_media(media="print", color_scheme="dark")
    expect(ferry.locator(".acts").first).to_be_hidden()
    expect(ferry.locator("aside")).to_be_hidden()
    assert ferry.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"


def test_reduced_motion_stops_all_movement(open_page: OpenPage) -> None:
    page = open_page("/", reduced_motion="reduce")
    page.evaluate("document.documentElement.classList.add('is-waiting')")
    assert page.locator(".waiting").evaluate("(e) => getComputedStyle(e).animationName") == "none"


def test_the_keyboard_reaches_the_content_first(ferry: Page) -> None:
    ferry.keyboard.press("Tab")
    expect(ferry.locator(".skip")).to_be_focused()
    ferry.keyboard.press("Enter")
    expect(ferry.locator("#main")).to_be_focused()


def test_a_page_that_waits_for_the_index_opens_when_it_is_there(
    open_page: OpenPage, new_site: tuple[str, Settings]
) -> None:
    address, settings = new_site
    settings.index_dir.mkdir()
    progress = {"stage": "encode", "done": 3, "total": 9, "rate": 1, "eta_s": 6, "pid": os.getpid()}
    path = settings.index_dir / "progress.json"
    path.write_text(json.dumps(progress), "utf-8")
    page = open_page(address, fails=True, bypass_csp=True)
    expect(page.locator("h1")).to_have_text("The index is being built")
    expect(page.locator(".progress")).to_contain_text("3 of 9")
    assert faults(page) == []
    path.unlink()
    write_rows(settings.seeds[0] / "articles.jsonl", PAGE_ARTICLES[:3])
    build(settings)
    expect(page.locator("#q")).to_be_visible(timeout=15_000)
    expect(page.locator(".size")).to_contain_text("3 articles")


def test_the_page_of_an_empty_place_says_how_to_fill_it(
    open_page: OpenPage, new_site: tuple[str, Settings]
) -> None:
    page = open_page(new_site[0], fails=True, bypass_csp=True, color_scheme="dark")
    expect(page.locator("h1")).to_have_text("There is nothing to search yet")
    assert faults(page) == []
