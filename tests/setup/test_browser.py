"""The four ways to a browser, and the end of the road."""

import pytest


@pytest.fixture
def browser(steps, checkout, monkeypatch):
    """The module, on the checkout's PATH, with a Playwright that has no browser of its own."""
    from steps import browser

    monkeypatch.setenv("PATH", str(checkout.bin))
    monkeypatch.setenv("CALLS", str(checkout.log))
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setattr(browser, "PLACES", [])
    monkeypatch.setattr(browser.os, "geteuid", lambda: 1000)
    monkeypatch.setattr(browser, "PYTHON", checkout.fake("playwrights-python", 'echo "$*" >> "$CALLS"; exit 1'))
    return browser


def test_the_named_browser_comes_first(browser, checkout, monkeypatch):
    checkout.fake("chromium", "exit 0")
    named = checkout.fake("my-chrome", "exit 0")
    monkeypatch.setenv("CHROMIUM", str(named))
    assert browser.find() == str(named)


def test_a_named_browser_that_does_not_run_is_refused(browser, checkout, monkeypatch):
    checkout.fake("chromium", "exit 0")
    monkeypatch.setenv("CHROMIUM", "/nowhere/chrome")
    with pytest.raises(Exception, match="CHROMIUM=/nowhere/chrome does not run"):
        browser.find()


@pytest.mark.parametrize("name", ["chromium", "google-chrome"])
def test_an_installed_browser_comes_second(browser, checkout, name):
    place = checkout.fake(name, "exit 0")
    assert browser.find() == str(place)
    assert checkout.calls() == []


@pytest.mark.parametrize("packages", [["chromium-headless-shell"], ["chromium-headless-shell", "chromium"]])
def test_root_installs_chromium_with_apt_get(browser, checkout, monkeypatch, packages):
    """The one without windows, or the whole one where there is no package of the other."""
    monkeypatch.setattr(browser.os, "geteuid", lambda: 0)
    checkout.fake("chromium-browser", "exit 1")  # a pointer to a snap that is not there
    checkout.fake("sudo", 'echo "sudo $*" >> "$CALLS"')
    later, program = checkout.fake("browser.later", "exit 0"), checkout.bin / packages[-1]
    install = f'case "$1 $4" in "install {packages[-1]}") cp "{later}" "{program}" ;; *) exit 100 ;; esac'
    checkout.fake("apt-get", f'echo "apt-get $*" >> "$CALLS"\n{install}')
    assert browser.find() == str(program)
    assert checkout.calls() == [
        "apt-get update -qq",
        *(f"apt-get install -yqq --no-install-recommends {package}" for package in packages),
    ]


def test_playwright_comes_last(browser, checkout, monkeypatch):
    own = checkout.fake("playwrights-chromium", "exit 0")
    answer = f'case "$1" in -c) echo "{own}" ;; *) echo "$*" >> "$CALLS" ;; esac'
    monkeypatch.setattr(browser, "PYTHON", checkout.fake("playwrights-python", answer))
    checkout.fake("apt-get", 'echo "apt-get $*" >> "$CALLS"')  # there, but we are not root
    assert browser.find() == str(own)
    assert checkout.calls() == ["-m playwright install chromium"]


def test_all_four_ways_are_named_where_none_works(browser):
    with pytest.raises(Exception, match="none of the four ways") as caught:
        browser.find()
    for way in ("CHROMIUM=", "no Chrome or Chromium is installed", "apt-get install chromium", "playwright install"):
        assert way in str(caught.value)
