"""The steps of a call as plain data: which are shown, and what an answer may be."""

import math
from datetime import date

#: A text that is an answer is no longer; a note is the place for more.
LONGEST_ANSWER = 2000
#: Canonical answers of a question that is answered by yes or no.
YES_NO = {True: "yes", False: "no"}


def is_met(condition, answers, outcome):
    """Tell whether a step is shown.

    :param dict condition: ``kind`` answer with ``question_id`` and ``answers``, or
        outcome with ``outcome_ids`` and ``outcome_kind``; ``None`` is always met
    :param dict answers: canonical answers by question, of the steps shown so far
    :param dict outcome: ``id`` and ``kind`` of the chosen one, if any
    :rtype: bool
    """
    if not condition:
        return True
    if condition["kind"] == "answer":
        return answers.get(condition["question_id"]) in condition["answers"]
    if not outcome:
        return False
    return (
        outcome["id"] in condition["outcome_ids"]
        or outcome["kind"] == condition["outcome_kind"]
    )


def visible_steps(steps, answers, outcome):
    """Return the steps that are shown, in their order.

    Answers of a step that isn't shown count for nothing, also for later steps.

    :param list[dict] steps: of a campaign, see ``utm.campaign._workflow``
    :param dict answers: canonical answers by question
    :param dict outcome: see ``is_met``
    :rtype: list[dict]
    """
    shown, counted = [], {}
    for step in steps:
        if not is_met(step["condition"], counted, outcome):
            continue
        shown.append(step)
        for question in step["questions"]:
            if question["id"] in answers:
                counted[question["id"]] = answers[question["id"]]
    return shown


def read_answer(question, value):
    """Return an answer as it is kept, or ``None`` when there is none.

    :param dict question: ``kind`` and ``answers``
    :param value: of the browser
    :return: text for choice and text, ``"yes"`` or ``"no"``, a number, or a date
    :raise ValueError: it is no answer to this question
    """
    if (
        value is None
        or value == ""
        or (value is False and question["kind"] != "yes_no")
    ):
        return None
    return _READERS[question["kind"]](question, value)


def _read_choice(question, value):
    if value not in question["answers"]:
        raise ValueError(value)
    return value


def _read_text(_question, value):
    if not isinstance(value, str) or len(value) > LONGEST_ANSWER or "\0" in value:
        raise ValueError(value)
    return value.strip() or None


def _read_number(_question, value):
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise ValueError(value)
    number = float(value)
    if not math.isfinite(number) or abs(number) > 1e12:
        raise ValueError(value)
    return number


def _read_yes_no(_question, value):
    if value in ("yes", "no"):
        return value
    if not isinstance(value, bool):
        raise ValueError(value)
    return YES_NO[value]


def _read_date(_question, value):
    if not isinstance(value, str):
        raise ValueError(value)
    return date.fromisoformat(value)


_READERS = {
    "choice": _read_choice,
    "text": _read_text,
    "number": _read_number,
    "yes_no": _read_yes_no,
    "date": _read_date,
}
