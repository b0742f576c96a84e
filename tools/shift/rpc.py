"""A logged-in browser, as far as the server can tell: JSON-RPC over HTTP."""

import http.client
import itertools
import json
import time

#: An answer that takes longer counts as an error, in seconds.
TIMEOUT = 60
HEADERS = {"Content-Type": "application/json"}


class Refusal(Exception):
    """The server says no, with a sentence for the user."""


class Fault(Exception):
    """The server failed: no answer, a bad one, or an exception that is no refusal."""


class Browser:
    """One user's session.

    :param str host: of the server
    :param int port: of the server
    :param recorder: called with (method, seconds, problem or None) after each call
    """

    def __init__(self, host, port, recorder=lambda *_: None):
        self.host, self.port, self.recorder = host, port, recorder
        self.cookie = ""
        self.context = {}
        self._numbers = itertools.count(1)

    def login(self, database, login, password):
        """Open the session; return the id of the user."""
        values = {"db": database, "login": login, "password": password}
        result = self._post("/web/session/authenticate", values)
        if not result or not result.get("uid"):
            raise Fault(f"{login} can't log in")
        company = result["user_companies"]["current_company"]
        self.context = {**result["user_context"], "allowed_company_ids": [company]}
        return result["uid"]

    def load_action(self, path):
        """Return the action of a path of the web client."""
        return self._post("/web/action/load", {"action_id": path})

    def call(self, model, method, *args, context=None, **kwargs):
        """Call a model's method as the web client does and record how long it took.

        :raise Refusal: the server refused with a sentence
        :raise Fault: anything else went wrong
        """
        kwargs["context"] = {**self.context, **(context or {})}
        values = {"model": model, "method": method, "args": args, "kwargs": kwargs}
        started = time.perf_counter()
        problem = None
        try:
            return self._post(f"/web/dataset/call_kw/{model}/{method}", values)
        except (Refusal, Fault) as error:
            problem = error
            raise
        finally:
            self.recorder(method, time.perf_counter() - started, problem)

    def _post(self, path, params):
        """Send one JSON-RPC request; return its result."""
        request = {"jsonrpc": "2.0", "method": "call", "params": params}
        request["id"] = next(self._numbers)
        try:
            status, cookie, body = self._exchange(path, json.dumps(request))
            answer = json.loads(body) if status == 200 else {}
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise Fault(f"{path}: {type(error).__name__} {error}") from error
        if status != 200:
            raise Fault(f"{path}: HTTP status {status}")
        self.cookie = cookie or self.cookie
        if "error" in answer:
            raise self._problem(path, answer["error"])
        return answer.get("result")

    def _exchange(self, path, body):
        connection = http.client.HTTPConnection(self.host, self.port, timeout=TIMEOUT)
        try:
            headers = {**HEADERS, "Cookie": self.cookie} if self.cookie else HEADERS
            connection.request("POST", path, body, headers)
            response = connection.getresponse()
            cookie = (response.getheader("Set-Cookie") or "").split(";")[0]
            return response.status, cookie, response.read()
        finally:
            connection.close()

    @staticmethod
    def _problem(path, error):
        data = error.get("data") or {}
        text = data.get("message") or error.get("message") or "no message"
        if data.get("name") == "odoo.exceptions.UserError":
            return Refusal(text)
        return Fault(f"{path}: {data.get('name')} {text}")
