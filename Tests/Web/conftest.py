"""Fixtures of the browser suite: one server, one chromium, as many people as a test wants."""

import os
import shutil
import tempfile
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import async_playwright

from harness.authority import CertificateAuthority
from harness.client import close_session
from harness.martlet import Martlet
from people.house import House
from people.person import People

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--headed", action="store_true", help="show the browser")
    parser.addoption("--screenshots", default=None, help="a folder for pictures of failed tests")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo):
    report = yield
    setattr(item, f"report_{report.when}", report)
    return report


@pytest.fixture(scope="session")
def directory():
    path = Path(tempfile.mkdtemp(prefix="martlet-browser-"))
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest_asyncio.fixture(scope="session")
async def server(directory: Path):
    """A Martlet with open registration that serves the built client."""
    authority = CertificateAuthority(directory / "certificates")
    settings = {"registration": {"mode": "open"}, "web": {"folder": os.environ["MARTLET_WEB_FOLDER"]}}
    server = Martlet("web", directory / "web", authority, settings=settings)
    await server.start()
    yield server
    await server.stop()
    await close_session()


@pytest_asyncio.fixture(scope="session")
async def browser(request: pytest.FixtureRequest):
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=CHROMIUM, headless=not request.config.getoption("--headed"),
            args=["--no-sandbox", "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"])
        yield browser
        await browser.close()


@pytest_asyncio.fixture
async def people(request: pytest.FixtureRequest, browser, server):
    """Makes people with a browser of their own each; what they leave open is closed after the test."""
    people = People(browser, server)
    yield people
    folder = request.config.getoption("--screenshots")
    if folder and getattr(request.node, "report_call", None) is not None and request.node.report_call.failed:
        await people.photograph(Path(folder), request.node.name)
    problems = await people.close()
    assert not problems, f"the console reported: {problems}"


@pytest_asyncio.fixture(scope="session")
async def _house(request: pytest.FixtureRequest, browser, server):
    house = House(People(browser, server))
    try:
        await house.build()
    except Exception:
        if folder := request.config.getoption("--screenshots"):
            await house.people.photograph(Path(folder), "house")
        raise
    yield house
    await house.people.close()


@pytest_asyncio.fixture
async def house(request: pytest.FixtureRequest, _house):
    """A server of a community with two people in it that the tests share: mara owns it, noah is a member."""
    await _house.enter()
    yield _house
    folder = request.config.getoption("--screenshots")
    if folder and getattr(request.node, "report_call", None) is not None and request.node.report_call.failed:
        await _house.people.photograph(Path(folder), request.node.name)
    problems = _house.people.problems()
    assert not problems, f"the console reported: {problems}"


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    """The closing count, as the last line."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if reporter is not None and not config.option.collectonly:
        failed = len(reporter.stats.get("failed", [])) + len(reporter.stats.get("error", []))
        if not reporter.stats:  # Not even a test was found, or there was no browser.
            failed = 1
        print(f"{len(reporter.stats.get('passed', []))} passed, {failed} failed")
