"""One operator at the desk: the calls that the desk makes, in its order."""

import datetime
import threading
import time
import uuid

from .form import NameForm
from .journal import Served
from .rpc import Browser, Fault, Refusal
from .script import (
    DROP_SHARE,
    FILL_SHARE,
    HEARTBEAT_SHARE,
    PAUSE_SECONDS,
    PAUSE_SHARE,
    REPEAT_SHARE,
)

#: How often another slot is picked when somebody else was quicker.
SLOT_TRIES = 5
#: Weeks of the agenda that are looked at.
WEEKS = 4
#: Seconds to wait when no name is served.
EMPTY_PAUSE = 1.0
FAULTS_TO_GIVE_UP = 10


class Operator(threading.Thread):
    """Takes names and confirms outcomes until told to stop.

    :param site: where the server is
    :param str login: also the password
    :param Script script: what it draws
    :param Journal journal: what it writes down
    :param events: ``ready`` barrier, ``stop`` event
    """

    def __init__(self, site, login, script, journal, ready, stop):
        super().__init__(name=login, daemon=True)
        self.site, self.login = site, login
        self.script, self.journal = script, journal
        self.ready, self.stop = ready, stop
        self.browser = Browser(site.host, site.port, journal.record)
        self.user_id = self.form = self.campaign_id = None
        #: What is changed of the name in hand's custom fields.
        self.custom = {"values": {}, "shown": []}
        #: Payload of the name that is kept for the moment after this one.
        self.ahead = None
        self.reasons = []
        self.faults = 0

    def run(self):
        """Log in, wait for the others, work."""
        try:
            self._sit_down()
        except (Fault, Refusal) as problem:
            self._fault(problem)
            self.ready.abort()
            return
        self.ready.wait()
        while not self.stop.is_set() and self.faults < FAULTS_TO_GIVE_UP:
            try:
                self._one_name()
            except Refusal as problem:
                self._fault(f"refused: {problem}")
            except Fault as problem:
                self._fault(problem)
            except Exception as problem:  # noqa: BLE001, an operator of ours is broken
                self._fault(f"{type(problem).__name__}: {problem}")
        if self.ahead:
            self._desk("drop_ahead")

    def _desk(self, method, **values):
        return self.browser.call("crm.desk", method, **values)

    def _fault(self, problem):
        self.faults += 1
        self.journal.errors.append(f"{self.login}: {problem}")

    # ------------------------------------------------------------
    # Session
    # ------------------------------------------------------------

    def _sit_down(self):
        self.user_id = self.browser.login(self.site.database, self.login, self.login)
        session = str(uuid.uuid4())
        self.browser.context["desk_session"] = session
        self.reasons = self._desk("begin", session=session)["reasons"]
        opened = self._desk("open")
        if not opened["campaigns"]:
            raise Fault("works on no list of a running campaign")
        busiest = max(opened["campaigns"], key=lambda found: found["remaining_hint"])
        self.campaign_id = busiest["id"]
        self.form = NameForm(self.browser)
        if opened["current"]:
            # Left in hand by an earlier shift that was killed.
            self._desk("release", **claim_of(opened["current"]))

    # ------------------------------------------------------------
    # A name
    # ------------------------------------------------------------

    def _one_name(self):
        asked = time.perf_counter()
        payload = self._next_name()
        if payload.get("empty"):
            self.journal.remarks[f"no name: {payload['reason']}"] += 1
            self.stop.wait(EMPTY_PAUSE)
            return
        served = self._note_served(payload)
        claim = claim_of(payload)
        self.form.read(served.lead_id)
        self.ahead = self._desk("prefetch", campaign_id=self.campaign_id)
        self._look_for_new_fields(payload, claim, asked)
        call_uuid = self._dial(payload, claim)
        time.sleep(self.script.pause())
        if self.script.chance(HEARTBEAT_SHARE) and not self._desk("heartbeat", **claim):
            self._fault("a name was lost while it was being worked on")
        kind = self.script.kind()
        wants_pause = bool(self.reasons) and self.script.chance(PAUSE_SHARE)
        if wants_pause:
            self.ahead = None
            self._desk("pause", reason_id=self.reasons[0]["id"])
        if kind == "X":
            self.ahead = None
            self._stop_and_close(served, claim, call_uuid)
        else:
            self._end(served, payload, claim, kind, call_uuid)
        if wants_pause:
            self._rest()

    def _next_name(self):
        """Take the name that was prefetched, or another one."""
        ahead, self.ahead = self.ahead, None
        if not ahead:
            return self._desk("next_name", campaign_id=self.campaign_id)
        taken = self._desk(
            "take_ahead",
            campaign_id=self.campaign_id,
            line_id=ahead["line_id"],
            claim_token=ahead["claim_token"],
            stamp=ahead["ahead_stamp"],
        )
        if not taken.get("fresh"):
            self.journal.remarks["another name than the prefetched one"] += 1
            return taken
        return ahead

    def _rest(self):
        """A pause that was asked for begins after the name; then back to work."""
        time.sleep(PAUSE_SECONDS)
        state = self._desk("resume")
        if state["state"] != "ready":
            self._fault(f"back from a pause, the state is {state['state']}")

    def _note_served(self, payload):
        served = Served(
            operator=self.login,
            user_id=self.user_id,
            lead_id=payload["lead"]["id"],
            line_id=payload["line_id"],
            claim_token=payload["claim_token"],
            since=time.perf_counter(),
        )
        self.journal.served.append(served)
        return served

    def _look_for_new_fields(self, payload, claim, asked):
        """A field that was there when the name was asked for is on it; fill it."""
        self.custom = {"values": {}, "shown": []}
        shown = {field["name"] for field in payload["custom_fields"]}
        for change in list(self.journal.changes):
            if asked > change.answered and change.name not in shown:
                self.journal.stale.append(f"{change.name} is not on a name's desk")
            elif change.name in shown and self.script.chance(FILL_SHARE):
                value = self.script.random.choice(change.choice_ids)
                self.custom["values"][change.name] = value
        if self.custom["values"]:
            self._desk("preview_custom_fields", changes=self.custom, **claim)

    def _dial(self, payload, claim):
        """Dial the first number that may be dialled; return the call's id."""
        for phone in payload["phones"]:
            if phone["e164"] and not phone["blocked"]:
                try:
                    dialled = self._desk("log_dial", field=phone["field"], **claim)
                    return dialled["call_uuid"]
                except Refusal as refusal:
                    self.journal.refusals[str(refusal)] += 1
        return None

    def _stop_and_close(self, served, claim, call_uuid):
        if call_uuid:
            self._desk("end_call", call_uuid=call_uuid)
        served.until, served.kind = time.perf_counter(), "X"
        if not self._desk("release", **claim):
            self._fault("a name could not be released")
        self._desk("open")

    def _end(self, served, payload, claim, kind, call_uuid):
        slot = None
        if kind == "T":
            slot = self._book(claim)
            kind = "T" if slot else "R"
        outcome = self.script.outcome(payload["outcomes"], kind)
        values = self._outcome_values(kind, payload, slot)
        if kind == "C":
            values.update(self._cart(payload, claim))
        if payload.get("steps"):
            values["steps"] = self.script.answers(payload["steps"])
        if call_uuid:
            self._desk("end_call", call_uuid=call_uuid)
        served.until, served.kind, served.slot = time.perf_counter(), kind, slot
        served.token = str(uuid.uuid4())
        served.private_recall = values.get("recall_scope") == "private"
        values.update(
            token=served.token,
            outcome_id=outcome["id"],
            note=f"Turno di prova, {self.login}.",
            call_uuid=call_uuid,
        )
        self._confirm(served, claim, values)

    def _confirm(self, served, claim, values):
        if self.custom["values"]:
            values = {**values, "custom_changes": self.custom}
        result = self._desk("confirm", **claim, **values)
        served.confirmed = True
        served.interaction_id = result["interaction_id"]
        served.event_id = result["event_id"]
        if self.script.chance(REPEAT_SHARE):
            again = self._desk("confirm", **claim, **values)
            if again["interaction_id"] != served.interaction_id:
                self._fault("a repeated confirmation was registered twice")

    def _outcome_values(self, kind, payload, slot):
        if kind == "R":
            windows = payload.get("recall", {}).get("windows", [])
            moment = self.script.recall_moment(windows)
            return {
                "recall_at": f"{moment:%Y-%m-%d %H:%M:%S}",
                "recall_scope": self.script.scope(),
            }
        if kind in ("T", "C"):
            campaign = payload["campaign"]
            values = {
                "expected_revenue": campaign["expected_revenue"],
                "date_deadline": campaign["expected_closing"],
            }
            return {**values, "slot": slot} if slot else values
        return {}

    def _cart(self, payload, claim):
        """Put a product into the cart, where the campaign offers one."""
        if not payload["campaign"].get("cart", {}).get("is_offered"):
            return {}
        products = self._desk("cart_products", **claim)["products"]
        cart = [
            {"product_id": product["product_id"], "quantity": 1}
            for product in products[:1]
        ]
        if cart:
            self._desk("preview_cart", cart=cart, **claim)
        return {"cart": cart}

    # ------------------------------------------------------------
    # An appointment
    # ------------------------------------------------------------

    def _book(self, claim):
        """Hold a free slot; return it, or None when there is none to be had."""
        week = self._week_with_slots(claim)
        for _attempt in range(SLOT_TRIES):
            if not week["slots"]:
                self.journal.remarks[f"no slot: {week['empty_reason']}"] += 1
                return None
            slot = self._hold(claim, week["slots"])
            if slot and self.script.chance(DROP_SHARE):
                self._desk("drop_hold", **claim)
                slot = None
            if slot:
                return slot
            week = self._desk("agenda", start_date=week["start"], **claim)
        self.journal.remarks["no slot: others were quicker each time"] += 1
        return None

    def _week_with_slots(self, claim):
        week = self._desk("agenda", start_date=None, **claim)
        for _week in range(WEEKS):
            monday = datetime.date.fromisoformat(week["start"])
            following = (monday + datetime.timedelta(days=7)).isoformat()
            if week["slots"] or not week["agents"] or following > week["last_day"]:
                break
            week = self._desk("agenda", start_date=following, **claim)
        return week

    def _hold(self, claim, slots):
        slot = self.script.slot(slots)
        wanted = {name: slot[name] for name in ("agent_id", "start", "stop")}
        try:
            self._desk("hold_slot", **wanted, **claim)
        except Refusal as refusal:
            self.journal.refusals[str(refusal)] += 1
            return None
        return wanted


def claim_of(payload):
    """Return what proves whose hands a name is in."""
    return {name: payload[name] for name in ("line_id", "claim_token")}
