"""The whole job with a model, by clicking: deploy, see it ready, try a candidate, change its share, promote, roll back, delete."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import walks
from tests.browser.crowd import Crowd
from tests.browser.marks import BROWSER
from tests.browser.walks import live, rail, stays_loaded, tab, was_not_reloaded
from tests.supervisor.quickstart import QuickStart

# A portal of its own, its registry's start and the training of models are in its time.
pytestmark = [*(mark for mark in BROWSER if mark.name != "timeout"), pytest.mark.registry, pytest.mark.timeout(600)]
SPACE, NAME = "vision-serving", "detector"
# The registry's server is started in the background, and then the models are trained.
MODELS_MS, STARTS_MS = 240_000, 120_000


@pytest.fixture(scope="module")
def serving(tmp_path_factory: pytest.TempPathFactory) -> Iterator[QuickStart]:
    """`manage.py up` with its model registry."""
    started = QuickStart(tmp_path_factory.mktemp("serving") / "var", PORTAL_MODELS="")
    try:
        yield started.ready()
    finally:
        started.close()


@pytest.fixture
def people(chromium: Browser, serving: QuickStart) -> Iterator[Crowd]:
    crowd = Crowd(chromium, serving, {})
    yield crowd
    crowd.leave()
    assert not crowd.watch.complaints()


def test_from_a_registered_model_to_an_endpoint_and_back(people: Crowd) -> None:
    page, _approver = walks.make_namespace(people.visit, SPACE)
    model = wait_for_a_model(page)
    deploy(page, model)
    state(page, "Ready")
    try_a_candidate(page)
    promote(page)
    roll_back(page)
    delete(page)


def state(page: Page, word: str) -> None:
    """The open page says so by itself."""
    expect(page.locator("#state")).to_have_text(word, timeout=STARTS_MS)


def wait_for_a_model(page: Page) -> str:
    """A model with a champion and a challenger, as soon as the catalogue has it."""
    rail(page, "Models").click()
    row = page.get_by_role("row", name=re.compile("champion.*challenger|challenger.*champion", re.DOTALL)).first
    expect(row).to_be_visible(timeout=MODELS_MS)
    return row.get_by_role("link").first.inner_text()


def take_what_fits(page: Page) -> None:
    """Far too many replicas are answered with a link that fills in this form with as many as the quota has room for."""
    fewest, most = page.get_by_label("Replicas at least"), page.get_by_label("Replicas at most")
    most.fill("90")
    fewest.fill("90")
    page.get_by_role("link", name=re.compile(r"Take \d+ replicas?")).first.click()
    expect(fewest).not_to_have_value("90")
    expect(page.get_by_label("Name", exact=True)).to_have_value(NAME)
    expect(page.locator("#verdict")).to_contain_text("Starts at once")
    most.fill("1")
    fewest.fill("1")
    expect(page.locator("#verdict")).to_contain_text("Starts at once")


def deploy(page: Page, model: str) -> None:
    """The form, judged while it is filled in."""
    rail(page, "Deployments").click()
    page.get_by_role("main").get_by_role("link", name="Deploy a model").first.click()
    page.get_by_label("Name", exact=True).fill(NAME)
    page.get_by_label("Model", exact=True).select_option(model)
    pick(page, "champion")
    expect(page.locator("#verdict")).to_contain_text("Starts at once")
    page.get_by_label("Cards for each replica").fill("0.5")
    expect(page.locator("#id_gpus_error")).to_contain_text("GPUs are given whole")
    page.get_by_label("Cards for each replica").fill("")
    expect(page.locator("#id_gpus_error")).to_be_empty()
    take_what_fits(page)
    expect(page.locator("#cluster-word")).to_contain_text("The cluster was asked, and would refuse none")
    page.get_by_role("button", name="Deploy", exact=True).click()
    expect(page.get_by_role("heading", name=NAME, level=1)).to_be_visible()
    live(page)
    stays_loaded(page)
    state(page, "Ready")
    assert was_not_reloaded(page)
    expect(page.locator("#tab")).to_contain_text("1 ready of 1")
    expect(page.locator("#call")).to_contain_text("curl")


def pick(page: Page, alias: str) -> None:
    """The version that the alias names now."""
    box = page.get_by_label("Version", exact=True)
    expect(box.locator("option", has_text=f"{alias} →")).to_have_count(1)
    box.select_option(value=box.locator("option", has_text=f"{alias} →").get_attribute("value"))


def try_a_candidate(page: Page) -> None:
    """The challenger with a fifth of the requests, then with half of them."""
    page.get_by_role("link", name="Change", exact=True).click()
    pick(page, "challenger")
    page.get_by_text("As a candidate, for a share of them").click()
    page.get_by_label("Share, %").fill("20")
    expect(page.locator("#verdict")).to_contain_text("What changes")
    page.get_by_label("Reason").fill("It did well in the lab.")
    page.get_by_role("button", name="Make the next revision").click()
    state(page, "Rolling out 20 %")
    expect(page.locator("#canary")).to_contain_text("candidate")
    page.locator("#canary").get_by_role("button", name="50").click()
    state(page, "Rolling out 50 %")


def promote(page: Page) -> None:
    """The primary button."""
    page.get_by_role("button", name=re.compile("^Promote v")).click()
    expect(page.locator("#messages")).to_contain_text("Promoted")
    state(page, "Ready")
    expect(page.locator("#what")).to_contain_text("challenger")
    tab(page, "Traffic")
    expect(page.locator("#tab")).to_contain_text("promoted")


def roll_back(page: Page) -> None:
    """One click on an earlier revision."""
    tab(page, "Revisions")
    page.get_by_role("button", name="Roll back to it r1").click()
    expect(page.locator("#messages")).to_contain_text("serves again")
    state(page, "Ready")
    expect(page.locator("#what")).to_contain_text("champion")


def delete(page: Page) -> None:
    """By its name; the page follows until it is gone."""
    page.get_by_role("link", name="Delete", exact=True).click()
    page.get_by_label(f"Type {NAME} to delete it").fill(NAME)
    page.get_by_role("button", name="Stop and delete it").click()
    state(page, "Deleted")
    rail(page, "Deployments").click()
    expect(page.get_by_text("Nothing is deployed yet")).to_be_visible()
