#!/usr/bin/env python3
"""Photograph a page of a running Odoo with a headless Chromium.

    python3 tools/screenshot.py --login operatore1 --url /odoo/desk --out desk.png \
        --size 1366x768 --wait .o_desk_next --js "…" --wait .o_desk_note

``--js`` and ``--wait`` are steps, done in their order; ``--shot`` takes a picture in
between. Needs Debian's chromium and websocket-client; whatever the console says as an
error is printed and makes the exit code 1.
"""

import argparse
import base64
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV_PYTHON = ROOT / ".local" / "venv" / "bin" / "python"

try:
    import websocket
except ImportError:
    if Path(sys.executable) == VENV_PYTHON or not VENV_PYTHON.exists():
        raise
    os.execv(VENV_PYTHON, [str(VENV_PYTHON), *sys.argv])

POLL_SECONDS = 0.1
STEP_SECONDS = 30


class Steps(argparse.Action):
    """Collect --js, --wait and --shot in the order in which they are written."""

    def __call__(self, parser, namespace, values, option_string=None):
        steps = getattr(namespace, "steps", None) or []
        namespace.steps = [*steps, (option_string.lstrip("-"), values)]


class Browser:
    """A headless Chromium and one page in it, spoken to over its debug protocol."""

    def __init__(self, width, height, language, timezone):
        self.profile = tempfile.mkdtemp(prefix="screenshot-")
        self.process = subprocess.Popen(
            [
                shutil.which("chromium") or "chromium",
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--hide-scrollbars",
                "--remote-debugging-port=0",
                "--remote-allow-origins=*",
                f"--lang={language}",
                f"--window-size={width},{height}",
                f"--user-data-dir={self.profile}",
                "about:blank",
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "LANGUAGE": language, "TZ": timezone},
        )
        self.errors = []
        self.serial = 0
        self.socket = websocket.create_connection(
            self._page_address(), timeout=STEP_SECONDS, max_size=None
        )
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )
        self.call("Emulation.setLocaleOverride", locale=language)

    def _page_address(self):
        port_file = Path(self.profile) / "DevToolsActivePort"
        deadline = time.monotonic() + STEP_SECONDS
        while time.monotonic() < deadline:
            if port_file.exists() and port_file.read_text().strip():
                port = port_file.read_text().split()[0]
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/json") as answer:
                    for target in json.load(answer):
                        if target["type"] == "page":
                            return target["webSocketDebuggerUrl"]
            time.sleep(POLL_SECONDS)
        raise SystemExit("Chromium did not start. Is the package chromium installed?")

    def call(self, method, **params):
        """Send a command and return its result; note errors of the page meanwhile."""
        self.serial += 1
        self.socket.send(
            json.dumps({"id": self.serial, "method": method, "params": params})
        )
        while True:
            message = json.loads(self.socket.recv())
            if message.get("id") == self.serial:
                if "error" in message:
                    raise SystemExit(f"{method}: {message['error']['message']}")
                return message["result"]
            self._note(message)

    def _note(self, message):
        params = message.get("params", {})
        if message.get("method") == "Runtime.exceptionThrown":
            details = params["exceptionDetails"]
            description = details.get("exception", {}).get("description", "")
            self.errors.append(f"{details['text']} {description}")
        elif message.get("method") == "Runtime.consoleAPICalled":
            if params["type"] == "error":
                texts = [
                    str(a.get("value", a.get("description"))) for a in params["args"]
                ]
                self.errors.append(" ".join(texts))
        elif message.get("method") == "Page.javascriptDialogOpening":
            # It would stop the page, and with it this program.
            self.errors.append(f"dialog: {params['type']} {params['message']}")
            self.serial += 1
            answer = {
                "method": "Page.handleJavaScriptDialog",
                "params": {"accept": True},
            }
            self.socket.send(json.dumps({"id": -self.serial, **answer}))

    def evaluate(self, code):
        """Run JavaScript, which may await, and return what it returns."""
        result = self.call(
            "Runtime.evaluate",
            expression=f"(async () => {{ {code} }})()",
            awaitPromise=True,
            returnByValue=True,
            userGesture=True,
        )
        if "exceptionDetails" in result:
            raise SystemExit(f"--js failed: {result['exceptionDetails']}\n{code}")
        return result["result"].get("value")

    def wait(self, selector, seconds=STEP_SECONDS):
        """Wait until an element is there."""
        code = f"return Boolean(document.querySelector({json.dumps(selector)}))"
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self.evaluate(code):
                return
            time.sleep(POLL_SECONDS)
        self.shot(Path(tempfile.gettempdir()) / "screenshot-failed.png")
        raise SystemExit(f"Nothing matches {selector}; see the picture. {self.errors}")

    def press(self, keys):
        """Press a key with modifiers, such as ``Alt+Shift+h``, as a keyboard does."""
        *modifiers, key = keys.split("+")
        bits = sum({"Alt": 1, "Control": 2, "Shift": 8}[name] for name in modifiers)
        named = {"Enter": 13, "Escape": 27, "Tab": 9, "ArrowLeft": 37, "ArrowUp": 38}
        named |= {"ArrowRight": 39, "ArrowDown": 40, "PageUp": 33, "PageDown": 34}
        code = named.get(key) or ord(key.upper())
        event = {"modifiers": bits, "key": key, "windowsVirtualKeyCode": code}
        if key not in named:
            event["code"] = f"{'Digit' if key.isdigit() else 'Key'}{key.upper()}"
        types = not bits & 3 and (key == "Enter" or key not in named)
        text = {"text": "\r" if key == "Enter" else key} if types else {}
        kind = "keyDown" if types else "rawKeyDown"
        self.call("Input.dispatchKeyEvent", type=kind, **event, **text)
        self.call("Input.dispatchKeyEvent", type="keyUp", **event)

    def shot(self, path):
        """Save a picture of what the window shows."""
        time.sleep(4 * POLL_SECONDS)
        picture = self.call("Page.captureScreenshot", format="png")["data"]
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_bytes(base64.b64decode(picture))
        print(path)

    def close(self):
        """End the browser and forget its profile."""
        self.socket.close()
        self.process.terminate()
        self.process.wait()
        shutil.rmtree(self.profile, ignore_errors=True)


def log_in(browser, base, login, password):
    """Log in through the login page, as a person does."""
    browser.call("Page.navigate", url=f"{base}/web/login")
    browser.wait("input[name=login]")
    browser.evaluate(
        f"""document.querySelector("input[name=login]").value = {json.dumps(login)};
        document.querySelector("input[name=password]").value = {json.dumps(password)};
        document.querySelector("form.oe_login_form").submit();"""
    )
    # The first page after a start makes the bundles of scripts and styles.
    browser.wait(".o_web_client .o_main_navbar", 4 * STEP_SECONDS)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--base", default="http://127.0.0.1:8069", help="of the server")
    parser.add_argument("--login", default="operatore1")
    parser.add_argument("--password", help="the login by default")
    parser.add_argument("--url", default="/odoo/desk")
    parser.add_argument("--size", default="1366x768")
    parser.add_argument("--lang", default="it-IT", help="language of the browser")
    parser.add_argument("--tz", default="Europe/Rome", help="where the browser is")
    parser.add_argument("--out", help="picture at the end")
    parser.add_argument("--js", action=Steps, help="JavaScript to run; may await")
    parser.add_argument("--wait", action=Steps, help="CSS selector to wait for")
    parser.add_argument("--press", action=Steps, help="key, such as Alt+Shift+h")
    parser.add_argument("--shot", action=Steps, help="picture in between")
    options = parser.parse_args()
    width, height = (int(part) for part in options.size.split("x"))
    browser = Browser(width, height, options.lang, options.tz)
    try:
        log_in(browser, options.base, options.login, options.password or options.login)
        browser.call(
            "Page.navigate", url=urllib.parse.urljoin(options.base, options.url)
        )
        for name, value in getattr(options, "steps", None) or []:
            action = {
                "js": browser.evaluate,
                "wait": browser.wait,
                "shot": browser.shot,
            }
            answer = (action | {"press": browser.press})[name](value)
            if answer is not None:
                print(json.dumps(answer))
        if options.out:
            browser.shot(options.out)
    finally:
        browser.close()
    for error in browser.errors:
        print(error, file=sys.stderr)
    return 1 if browser.errors else 0


if __name__ == "__main__":
    sys.exit(main())
