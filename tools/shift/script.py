"""What an operator does, drawn from a seed: outcomes, think times, recalls."""

import dataclasses
import datetime
import random

#: Share of each end of a conversation, in per cent. X: STOP, then CLOSE.
MIX = {"R": 44, "N": 42, "C": 3, "T": 8, "X": 3}
MIX_TEXT = "R {R} %, N {N} %, C {C} %, T {T} %, STOP and CLOSE {X} %".format(**MIX)
#: Recalls that fall due within the shift, so that they are served again in it.
SOON_SHARE = 0.25
SOON_SECONDS = (5, 20)
#: A heartbeat of the desk comes every minute; in a short shift, at some names.
HEARTBEAT_SHARE = 0.1
#: Confirmations that the browser sends twice, as after a lost connection.
REPEAT_SHARE = 0.02
#: Names on which an operator fills in a field that was added in mid-shift.
FILL_SHARE = 0.3
#: Names on which the operator asks for a pause that begins after them, and its seconds.
PAUSE_SHARE = 0.03
PAUSE_SECONDS = 1.0
#: Appointments whose first pick is given back for another one.
DROP_SHARE = 0.1


@dataclasses.dataclass
class Options:
    """How a shift is run.

    :param float talk: mean think time per name, in seconds
    :param float duration: seconds in which names are taken and durations counted
    :param float warm_up: seconds before that, whose durations don't count
    """

    operators: int = 20
    duration: float = 60.0
    talk: float = 3.0
    warm_up: float = 5.0
    seed: int = 1
    #: Custom fields that a manager adds meanwhile.
    fields: int = 0


class Script:
    """The draws of one operator; the same seed draws the same.

    What comes out still depends on who is quicker: names are shared.
    """

    def __init__(self, options, number):
        self.random = random.Random(f"{options.seed}/{number}")
        self.talk = options.talk

    def kind(self):
        """Return how the conversation ends: R, N, C, T, or X for no outcome."""
        return self.random.choices(list(MIX), MIX.values())[0]

    def outcome(self, outcomes, kind):
        """Return one of the outcomes of a kind; quick buttons are used more."""
        fit = [outcome for outcome in outcomes if outcome["kind"] == kind]
        weights = [4 if outcome["quick_button"] else 1 for outcome in fit]
        return self.random.choices(fit, weights)[0]

    def pause(self):
        """Return how long the operator talks and thinks, in seconds."""
        return self.talk * self.random.uniform(0.5, 1.5)

    def chance(self, share):
        """Tell whether something of this share happens."""
        return self.random.random() < share

    def recall_seconds(self):
        """Return in how many seconds to call again."""
        if self.chance(SOON_SHARE):
            return self.random.uniform(*SOON_SECONDS)
        return self.random.uniform(3600, 5 * 86400)

    def scope(self):
        """Return who calls again."""
        return self.random.choice(("public", "private"))

    def recall_moment(self, windows):
        """Return when to call again: within the calling hours, if they are known.

        :param list windows: pairs of naive UTC texts
        :rtype: datetime.datetime
        """
        now = datetime.datetime.now(datetime.UTC).replace(tzinfo=None)
        moment = now + datetime.timedelta(seconds=self.recall_seconds())
        spans = [tuple(map(datetime.datetime.fromisoformat, span)) for span in windows]
        if not spans or any(start <= moment < stop for start, stop in spans):
            return moment
        later = [span for span in spans if span[1] > now + datetime.timedelta(hours=1)]
        start, stop = self.random.choice(later)
        return max(start, now) + (stop - max(start, now)) * self.random.random() * 0.9

    def answers(self, steps):
        """Return what is done in the steps of a call, as ``confirm`` takes it.

        Questions that are answered by a click are answered, and all mandatory ones;
        every page is read, every data check ticked.

        :param list[dict] steps: of the payload
        :rtype: dict
        """
        questions = [question for step in steps for question in step["questions"]]
        wanted = [
            question
            for question in questions
            if question["required"] or question["kind"] in ("choice", "yes_no")
        ]
        return {
            "answers": {str(one["id"]): self._answer(one) for one in wanted},
            "checked": [step["id"] for step in steps if step["kind"] == "data"],
            "pages": [step["version_id"] for step in steps if step.get("version_id")],
        }

    def _answer(self, question):
        if question["kind"] == "choice":
            return self.random.choice(question["answers"])
        return {"yes_no": "yes", "number": 3, "date": "2030-01-31", "text": "Prova"}[
            question["kind"]
        ]

    def slot(self, slots):
        """Return a slot: half of all operators want the first one."""
        return slots[0] if self.chance(0.5) else self.random.choice(slots)
