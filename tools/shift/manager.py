"""A campaign manager at work meanwhile: adds custom fields, as their form does."""

import threading
import time

from .form import NameForm
from .journal import Change
from .rpc import Browser, Fault, Refusal

LOGIN = "responsabile"
CATALOGUE = "crm.custom.field"
#: The screens that are opened after each change, maybe on other processes.
SCREENS = 5


class Manager(threading.Thread):
    """Adds custom fields, evenly over the time of a shift, and removes them at its end.

    :param site: where the server is
    :param options: of the shift; ``fields`` says how many
    :param Journal journal: what it writes down
    :param threading.Event stop: the shift is over
    """

    def __init__(self, site, options, journal, stop):
        super().__init__(name="manager", daemon=True)
        self.site, self.options = site, options
        self.journal, self.stop = journal, stop
        self.browser = Browser(site.host, site.port)

    def sit_down(self):
        """Log in, before the shift begins."""
        self.browser.login(self.site.database, LOGIN, LOGIN)

    def run(self):
        """Add the fields, one after the other."""
        begun = time.perf_counter() + self.options.warm_up
        pause = self.options.duration / (self.options.fields + 1)
        for number in range(1, self.options.fields + 1):
            if self.stop.wait(max(0, begun + number * pause - time.perf_counter())):
                return
            try:
                self._add_field(number)
            except (Fault, Refusal) as problem:
                self.journal.errors.append(f"adding a field: {problem}")

    def _add_field(self, number):
        started = time.perf_counter()
        [field] = self.browser.call(
            CATALOGUE,
            "web_save",
            [],
            {
                "label": f"Turno {started:.0f} {number}",
                "field_type": "choice",
                "choice_ids": [[0, 0, {"name": name}] for name in ("Uno", "Due")],
            },
            specification={
                "name": {},
                "choice_ids": {"fields": {"display_name": {}}},
            },
        )
        change = Change(
            field_id=field["id"],
            name=field["name"],
            choice_ids=[choice["id"] for choice in field["choice_ids"]],
            started=started,
            answered=time.perf_counter(),
        )
        self.journal.changes.append(change)
        self._look_at(change)

    def _look_at(self, change):
        """Open the screens: each has to know the field, whichever process answers."""
        leads = self.browser.call("crm.lead", "search", [], limit=SCREENS)
        for lead_id in leads:
            form = NameForm(self.browser)
            if change.name not in form.specification:
                self.journal.stale.append(f"{change.name} is not on the form")
            else:
                form.read(lead_id)

    def tidy_up(self):
        """Delete the fields again: the database may be that of ``make run``."""
        for change in self.journal.changes:
            [wizard] = self.browser.call(
                f"{CATALOGUE}.delete.wizard",
                "create",
                [{"custom_field_id": change.field_id, "data": "forget"}],
            )
            self.browser.call(f"{CATALOGUE}.delete.wizard", "action_delete", [wizard])
