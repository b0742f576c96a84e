from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.workflow import read_answer, visible_steps

#: In the context while an outcome is confirmed: what was done in the steps.
STEPS_KEY = "desk_steps"
#: Pages that one call can have had on screen; more is no call.
MOST_PAGES = 200


class CrmDesk(models.AbstractModel):
    """The steps of a call: shown with the name, checked and stored with its outcome."""

    _inherit = "crm.desk"

    # ------------------------------------------------------------
    # PAYLOAD
    # ------------------------------------------------------------

    @api.model
    def _payload(self, claim):
        payload = super()._payload(claim)
        # sudo: see there
        campaign = self.env["utm.campaign"].sudo().browse(claim["campaign_id"])
        lead = self.env["crm.lead"].sudo().browse(claim["lead_id"])
        workflow = campaign._workflow()
        payload["campaign"]["script_version_id"] = workflow["script_version_id"]
        known = self._known_answers(lead, workflow["steps"])
        return {
            **payload,
            "steps": [
                {
                    **step,
                    "questions": [
                        {**question, "known": known.get(question["id"], "")}
                        for question in step["questions"]
                    ],
                }
                for step in workflow["steps"]
            ],
            "merged": self._merged_words(campaign, workflow["merged"]),
        }

    @api.model
    def _known_answers(self, lead, steps):
        """Return what the custom fields of the questions know already, in words.

        :param crm.lead lead: in sudo
        :param list[dict] steps: of the campaign
        :return: by question
        :rtype: dict[int, str]
        """
        bound = {
            question["id"]: question["custom_field"]
            for step in steps
            for question in step["questions"]
            if question["custom_field"] in lead._fields
        }
        if not bound:
            return {}
        modes = self.env["crm.custom.field"]._my_modes()
        open_to_me = {
            question_id: name
            for question_id, name in bound.items()
            if modes.get(name, "hidden") != "hidden"
        }
        lead.fetch(list(open_to_me.values()))
        return {
            question_id: lead._show_custom_value(name)
            for question_id, name in open_to_me.items()
            if lead[name]
        }

    @api.model
    def _merged_words(self, campaign, words):
        """Return what is filled into the texts of a campaign, as plain text.

        What the name says, and the agent of the time that is held, the browser knows.

        :param utm.campaign campaign: in sudo
        :param list[str] words: those that the texts ask for
        :rtype: dict[str, str]
        """
        getters = {
            "operator": lambda: self.env.user.name,
            "company": lambda: campaign._rule_company().name,
            "product": lambda: ", ".join(campaign.product_ids.mapped("name")),
        }
        return {word: getters[word]() for word in words if word in getters}

    @api.model
    def _payload_outcomes(self, campaign):
        rows = super()._payload_outcomes(campaign)
        outcomes = self.env["crm.outcome"].browse([row["id"] for row in rows])
        return [
            {**row, "after_talk": outcome.number_result == "answered"}
            for row, outcome in zip(rows, outcomes, strict=True)
        ]

    # ------------------------------------------------------------
    # CONFIRM
    # ------------------------------------------------------------

    @api.model
    def confirm(self, line_id, claim_token, token, outcome_id, **details):
        """Register the outcome, with what was done in the steps of the call.

        Besides those of ``crm.desk``:

        :param dict steps: ``answers`` by id of the question, ``checked``: ids of the
            data checks that the customer has confirmed, and ``pages``: ids of the
            versions of script pages that were on screen
        :raise UserError: a mandatory step isn't done, or an answer is none; nothing has
            been saved
        """
        work = {"given": details.pop("steps", None) or {}, "done": None}
        desk = self.with_context(**{STEPS_KEY: work})
        if work["given"]:
            # Answers are kept in custom fields, too: see ``_apply_custom``.
            changes = details.get("custom_changes") or {}
            details["custom_changes"] = {"values": {}, **changes}
        result = super(CrmDesk, desk).confirm(
            line_id, claim_token, token, outcome_id, **details
        )
        if work["done"]:
            self._store_steps(result["interaction_id"], work["done"])
        return result

    @api.model
    def _chosen_outcome(self, campaign, outcome_id):
        outcome = super()._chosen_outcome(campaign, outcome_id)
        work = self.env.context.get(STEPS_KEY)
        if work is not None:
            work["done"] = self._checked_steps(campaign, outcome, work["given"])
        return outcome

    @api.model
    def _apply_custom(self, lead, changes):
        work = self.env.context.get(STEPS_KEY) or {}
        answered = self._custom_values_of((work.get("done") or {}).get("answers") or [])
        if answered:
            changes = {**changes, "values": {**changes.get("values", {}), **answered}}
        return super()._apply_custom(lead, changes)

    # ------------------------------------------------------------
    # CHECKS
    # ------------------------------------------------------------

    @api.model
    def _checked_steps(self, campaign, outcome, given):
        """Check what was done in the steps, as the workflow is at this moment.

        What belongs to no step that is shown, such as a question that was deleted
        meanwhile, is left out.

        :param utm.campaign campaign: of the line in hand
        :param crm.outcome outcome: the chosen one
        :param dict given: see ``confirm``
        :return: ``answers``: pairs of question and answer, and ``versions``
        :rtype: dict
        :raise UserError: a mandatory step isn't done, or an answer is none
        """
        answers, checked, pages = self._read_given(given)
        workflow = campaign._workflow()
        typed = {}
        for step in workflow["steps"]:
            for question in step["questions"]:
                value = self._typed_answer(question, answers.get(question["id"]))
                if value is not None:
                    typed[question["id"]] = value
        versions = self._versions_on_screen(campaign, workflow, pages)
        steps = visible_steps(
            workflow["steps"], typed, {"id": outcome.id, "kind": outcome.kind}
        )
        for step in steps:
            if self._is_step_asked(step, outcome):
                self._check_step_done(step, typed, checked, versions)
        asked = [question for step in steps for question in step["questions"]]
        return {
            "answers": [
                (question, typed[question["id"]])
                for question in asked
                if question["id"] in typed
            ],
            "versions": list(versions),
        }

    @api.model
    def _read_given(self, given):
        """Return answers by question, data checks and versions as a request has them.

        :rtype: tuple[dict, set, list]
        :raise UserError: it says something else
        """
        try:
            answers = {
                int(key): value for key, value in (given.get("answers") or {}).items()
            }
            checked = {int(step_id) for step_id in given.get("checked") or ()}
            pages = list(dict.fromkeys(int(page) for page in given.get("pages") or ()))
        except (AttributeError, TypeError, ValueError) as error:
            raise UserError(
                self.env._("The steps of the call can't be read. Reload the page.")
            ) from error
        return answers, checked, pages[:MOST_PAGES]

    @api.model
    def _typed_answer(self, question, value):
        try:
            return read_answer(question, value)
        except (TypeError, ValueError, OverflowError) as error:
            raise UserError(
                self.env._(
                    "%(question)s has an answer that it can't have. Choose or write"
                    " another one.",
                    question=question["name"],
                )
            ) from error

    @api.model
    def _versions_on_screen(self, campaign, workflow, pages):
        """Return the step of each version that was on screen.

        :param list[int] pages: ids of versions; those of other campaigns are left out
        :return: id of the step, or ``None``, by version
        :rtype: dict[int, int | None]
        """
        current = {
            step["version_id"]: step["id"]
            for step in workflow["steps"]
            if step["version_id"]
        }
        if workflow["script_version_id"]:
            current[workflow["script_version_id"]] = None
        found = {page: current[page] for page in pages if page in current}
        # A page that was changed since the name was served.
        earlier = [page for page in pages if page not in current]
        if earlier:
            # sudo: versions are closed to operators; only those of the campaign count
            versions = self.env["crm.script.version"].sudo()
            for version in versions.search(
                [("id", "in", earlier), ("campaign_id", "=", campaign.id)]
            ):
                found[version.id] = version.step_id.id or None
        return found

    @api.model
    def _is_step_asked(self, step, outcome):
        """Tell whether a step is mandatory for an outcome.

        :param dict step: of the workflow
        :param crm.outcome outcome: the chosen one
        :rtype: bool
        """
        deal = outcome.kind in ("C", "T")
        return {
            "never": False,
            "deal": deal,
            "talked": deal or outcome.number_result == "answered",
            "always": True,
        }[step["required_for"]]

    @api.model
    def _check_step_done(self, step, answers, checked, versions):
        """Refuse an outcome before which a step had to be done.

        :raise UserError: it names the step, and the question
        """
        if step["kind"] == "questionnaire":
            self._check_questionnaire(step, answers)
        elif step["kind"] == "data" and step["id"] not in checked:
            raise UserError(
                self.env._(
                    "%(step)s: check the data with the customer and tick it first. If"
                    " you don't see this step, reload the page: nothing is lost.",
                    step=step["name"],
                )
            )
        elif (
            step["kind"] == "script"
            and step["version_id"]
            and step["id"] not in versions.values()
        ):
            raise UserError(
                self.env._(
                    "%(step)s: this page has to be read out first. If you don't see it,"
                    " reload the page: nothing is lost.",
                    step=step["name"],
                )
            )

    @api.model
    def _check_questionnaire(self, step, answers):
        open_questions = [
            question
            for question in step["questions"]
            if question["required"] and question["id"] not in answers
        ]
        if open_questions:
            raise UserError(
                self.env._(
                    "%(step)s: ask “%(question)s” first. If you don't see this"
                    " question, reload the page: nothing is lost.",
                    step=step["name"],
                    question=open_questions[0]["name"],
                )
            )

    # ------------------------------------------------------------
    # STORING
    # ------------------------------------------------------------

    @api.model
    def _custom_values_of(self, answers):
        """Return the answers that custom fields keep, as ``_apply_custom`` takes them.

        :param list answers: pairs of question and answer
        :rtype: dict
        """
        bound = [
            (question["custom_field"], question["kind"], answer)
            for question, answer in answers
            if question["custom_field"]
        ]
        if not bound:
            return {}
        catalogue = self.env["crm.custom.field"]._catalogue()
        modes = self.env["crm.custom.field"]._my_modes()
        return {
            name: self._custom_value_of(catalogue[name], kind, answer)
            for name, kind, answer in bound
            if name in catalogue and modes.get(name) in ("edit", "required")
        }

    @api.model
    def _custom_value_of(self, entry, kind, answer):
        if kind == "yes_no":
            return answer == "yes"
        if kind == "date":
            return fields.Date.to_string(answer)
        if kind == "choice":
            # sudo: the values of a choice are no secret
            choice = (
                self.env["crm.custom.field.choice"]
                .sudo()
                .search(
                    [("custom_field_id", "=", entry["id"]), ("name", "=", answer)],
                    limit=1,
                )
            )
            return choice.id or False
        return answer

    @api.model
    def _store_steps(self, interaction_id, done):
        """Keep answers and pages with the outcome.

        :param int interaction_id: row of the ledger that was just written
        :param dict done: see ``_checked_steps``
        """
        # sudo: both are the ledger's, and this is their only writer
        interaction = self.env["crm.interaction"].sudo().browse(interaction_id)
        if done["versions"]:
            self.env["crm.interaction.page"].sudo().create(
                [
                    {"interaction_id": interaction_id, "version_id": version_id}
                    for version_id in done["versions"]
                ]
            )
        if done["answers"]:
            self.env["crm.interaction.answer"].sudo().create(
                [
                    {
                        "interaction_id": interaction_id,
                        "campaign_id": interaction.campaign_id.id,
                        "date": interaction.date,
                        "question_id": question["id"],
                        "kind": question["kind"],
                        "question": question["name"],
                        "answer": self._answer_in_words(question["kind"], answer),
                        "number": answer if question["kind"] == "number" else 0,
                    }
                    for question, answer in done["answers"]
                ]
            )

    @api.model
    def _answer_in_words(self, kind, answer):
        if kind == "yes_no":
            return {"yes": self.env._("Yes"), "no": self.env._("No")}[answer]
        if kind == "number":
            return f"{answer:.10g}"
        return str(answer)

    # ------------------------------------------------------------
    # HISTORY
    # ------------------------------------------------------------

    @api.model
    def _payload_history(self, lead):
        rows = super()._payload_history(lead)
        if not rows:
            return rows
        # sudo: see ``_payload``
        answers = self.env["crm.interaction.answer"].sudo()
        found = {}
        for answer in answers.search_fetch(
            [("interaction_id", "in", [row["id"] for row in rows])],
            ["interaction_id", "question", "answer"],
            order="id",
        ):
            found.setdefault(answer.interaction_id.id, []).append(
                {"question": answer.question, "answer": answer.answer or ""}
            )
        return [{**row, "answers": found.get(row["id"], [])} for row in rows]
