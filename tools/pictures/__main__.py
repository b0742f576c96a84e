"""``make screenshots``: the operator's desk in light and dark, for the documentation.

Works on a copy of the demo database, which is dropped afterwards, with a server of its
own. Drives the desk as an operator would, up to a recall with its time and up to an
appointment with its summary, and saves the pictures in docs/img.

With --base it works on a server that runs already, and uses up two of its names.
"""

import argparse
import contextlib
import json
from pathlib import Path

from ..bench import odoo_shell
from ..environment import demo, settings
from ..environment.setup import setup
from ..environment.shell import main
from ..screenshot import Browser, log_in
from ..shift.site import copy_name, own_copy, own_server

FOLDER = settings.ROOT / "docs" / "img"
PREPARE = Path(__file__).with_name("prepare.py")
SMALL = (1366, 768)
LARGE = (1920, 1080)
LOGIN = "operatore1"
RECALL_NOTE = (
    "Il fisso è di un altro. Al cellulare risponde la moglie: interessati, lui rientra"
    " dopo le 18. Bolletta di 110 € al mese."
)
VISIT_NOTE = (
    "Vuole un preventivo con accumulo. Tetto a sud, nessuna ombra.\n"
    "Alla visita ci sarà anche la moglie."
)


def run():
    """Take all pictures; return 1 if the browser's console showed an error."""
    parser = argparse.ArgumentParser("make screenshots", description=__doc__)
    parser.add_argument("--base", help="of a server that runs already")
    parser.add_argument("--folder", type=Path, default=FOLDER)
    options = parser.parse_args()
    with _site(options.base) as base:
        errors = take(base, options.folder)
    for error in errors:
        print(error)
    return 1 if errors else 0


@contextlib.contextmanager
def _site(base):
    """Serve a copy of the demo database for the time of a block."""
    if base:
        yield base
        return
    setup(core_template=False)
    demo.prepare()
    copy = copy_name(settings.DEMO_DATABASE, "pictures")
    with own_copy(settings.DEMO_DATABASE, copy):
        odoo_shell.run(copy, PREPARE)
        with own_server(copy) as site:
            yield f"http://{site.host}:{site.port}"


def take(base, folder):
    """Drive the desk and take the pictures.

    :param str base: address of the server
    :param Path folder: where the pictures go
    :return: errors of the browser's console
    :rtype: list[str]
    """
    browser = Browser(*SMALL, "it-IT", "Europe/Rome")
    try:
        log_in(browser, base, LOGIN, LOGIN)
        browser.call("Page.navigate", url=f"{base}/odoo/desk")
        browser.wait(".o_desk_next:enabled, .o_desk_stop")
        if not browser.evaluate("return !!document.querySelector('.o_desk_next')"):
            _give_back(browser)
        _click(browser, ".o_desk_next")
        _recall(browser)
        _both_schemes(browser, folder, "desk-recall")
        _click(browser, ".o_desk_confirm")
        browser.wait(".o_desk_message_success")
        browser.wait(".o_desk_phase_name:not(:has(.o_desk_outcome_chosen))")
        _appointment(browser)
        _both_schemes(browser, folder, "desk-appointment")
        _resize(browser, LARGE)
        browser.shot(folder / "desk-appointment-1920.png")
        _give_back(browser)
        return list(browser.errors)
    finally:
        browser.close()


def _give_back(browser):
    """STOP and CLOSE: the name in hand is nobody's again."""
    _click(browser, ".o_desk_stop")
    browser.wait(".o_desk_close:enabled")
    _click(browser, ".o_desk_close")
    browser.wait(".o_desk_next:enabled")


def _recall(browser):
    """A number is wrong, the other one, if any, answers: call again tomorrow."""
    browser.wait(".o_desk_phase_name .o_desk_note")
    _without_telephone(browser)
    _click(browser, ".o_desk_phone")
    browser.wait(".o_desk_call_on")
    numbers = "document.querySelectorAll('a.o_desk_phone').length"
    if browser.evaluate(f"return {numbers} > 1"):
        browser.press("Alt+Shift+w")
        browser.wait(".o_desk_phone_wrong")
        _click(browser, "a.o_desk_phone:not(.o_desk_phone_wrong)")
    browser.wait(".o_desk_phone_called")
    _fill(browser, ".o_desk_note", RECALL_NOTE)
    _click(browser, ".o_desk_outcome[data-kind=R]")
    browser.wait(".o_desk_picks [data-pick=tomorrow]")
    _click(browser, ".o_desk_picks [data-pick=tomorrow]")
    _fill(browser, ".o_desk_recall_time", "18:30")
    browser.wait(".o_desk_in_words:not(:empty)")


def _appointment(browser):
    """A free time is held, and its summary is read aloud."""
    _without_telephone(browser)
    _click(browser, ".o_desk_phone")
    browser.wait(".o_desk_call_on")
    _fill(browser, ".o_desk_note", VISIT_NOTE)
    _click(browser, ".o_desk_outcome[data-kind=T]")
    browser.wait(".o_desk_slot")
    browser.evaluate(
        """const slots = [...document.querySelectorAll(".o_desk_slot:enabled")];
        slots[Math.floor(slots.length / 3)].click();"""
    )
    browser.wait(".o_desk_accept_appointment:enabled")


def _both_schemes(browser, folder, name):
    for scheme in ("light", "dark"):
        if not browser.evaluate(f"return !!document.querySelector('.o_desk_{scheme}')"):
            _click(browser, ".o_desk_scheme")
            browser.wait(f".o_desk_{scheme}")
        browser.shot(folder / f"{name}-{scheme}.png")
    _click(browser, ".o_desk_scheme")
    browser.wait(".o_desk_light")


def _without_telephone(browser):
    """The picture's computer has no telephone: its link would open an error page."""
    browser.evaluate(
        """const { telephone } = odoo.loader.modules.get(
            "@crm_campaign_motivi/desk/desk_telephone");
        telephone.dial = () => {};"""
    )


def _fill(browser, selector, text):
    browser.evaluate(
        f"""const input = document.querySelector({json.dumps(selector)});
        input.value = {json.dumps(text)};
        input.dispatchEvent(new Event("input", {{ bubbles: true }}));"""
    )


def _click(browser, selector):
    browser.evaluate(f"document.querySelector({json.dumps(selector)}).click()")


def _resize(browser, size):
    width, height = size
    browser.call(
        "Emulation.setDeviceMetricsOverride",
        width=width,
        height=height,
        deviceScaleFactor=1,
        mobile=False,
    )


if __name__ == "__main__":
    main(run)
