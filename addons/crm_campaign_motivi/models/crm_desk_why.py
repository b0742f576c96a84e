from datetime import timedelta

from odoo import api, fields, models

#: A recall was promised by the outcome that was registered at most so long before or
#: after the line says that its name was contacted: both are written at once.
SAME_CONTACT = timedelta(minutes=1)


class CrmDesk(models.AbstractModel):
    """Why a name is at the desk: the first sentence that the operator reads."""

    _inherit = "crm.desk"

    @api.model
    def _payload_why(self, claim, history=()):
        """Say why this name is served, or how it came to the desk otherwise.

        :param dict claim: the line, as ``crm.dispatch`` returns it
        :param list history: as ``_payload_history`` returns it
        :rtype: str
        """
        is_recall = claim["category"] == "recall" and claim["recall_at"]
        if self._is_due(claim):
            return (
                self._why_recalled(claim, history)
                if is_recall
                else self._why_to_call(claim)
            )
        came = self._why_called() if self._has_called(claim) else self._why_opened()
        return f"{came} {self._why_recalled(claim, history)}" if is_recall else came

    @api.model
    def _is_due(self, claim):
        """Tell whether the name was one that is served; others are opened by hand.

        :param dict claim: see ``_payload_why``
        :rtype: bool
        """
        taken = claim["claimed_at"]
        if not taken:
            # Kept for next: nobody keeps a name by hand.
            return True
        if claim["category"] == "recall":
            return not claim["recall_at"] or claim["recall_at"] <= taken
        return claim["category"] == "to_call" and not claim["rest_until"]

    @api.model
    def _has_called(self, claim):
        """Tell whether the person has called since the name came to the desk.

        :param dict claim: see ``_payload_why``
        :rtype: bool
        """
        # sudo: calls are closed to operators; this one is of the name in hand
        calls = self.env["crm.call"].sudo()
        since = claim["claimed_at"] - SAME_CONTACT
        return bool(
            calls.search_count(
                [
                    ("line_id", "=", claim["id"]),
                    ("user_id", "=", self.env.uid),
                    ("direction", "=", "in"),
                    ("started_at", ">=", since),
                ],
                limit=1,
            )
        )

    # ------------------------------------------------------------
    # SENTENCES
    # ------------------------------------------------------------

    @api.model
    def _why_called(self):
        return self.env._("This person called us.")

    @api.model
    def _why_opened(self):
        return self.env._("You have opened this name yourself.")

    @api.model
    def _why_to_call(self, claim):
        if claim["attempts"]:
            return self._why_tried_again(claim)
        return self.env._("Fresh name: nobody of this list has called it yet.")

    @api.model
    def _why_tried_again(self, claim):
        return self.env._(
            "Tried again, attempt %(number)s: nobody has promised this call.",
            number=claim["attempts"] + 1,
        )

    @api.model
    def _why_recalled(self, claim, history):
        if claim["recall_scope"] == "automatic":
            return self._why_tried_again(claim)
        local = fields.Datetime.context_timestamp(self, claim["recall_at"])
        moment = {"date": local.strftime("%d/%m/%Y"), "time": local.strftime("%H:%M")}
        owner_id = claim["recall_scope"] == "private" and claim["recall_user_id"]
        if not owner_id:
            sentence = self.env._("Recall asked for %(date)s at %(time)s.", **moment)
        elif owner_id == self.env.uid:
            sentence = self.env._(
                "Your own recall, asked for %(date)s at %(time)s.", **moment
            )
        else:
            # sudo: who promised it, as the history of the name says as well
            owner = self.env["res.users"].sudo().browse(owner_id)
            sentence = self.env._(
                "Recall of %(operator)s, asked for %(date)s at %(time)s.",
                operator=owner.name,
                **moment,
            )
        return f"{sentence} {self._who_promised(claim, history)}".strip()

    @api.model
    def _who_promised(self, claim, history):
        """Say when a recall was promised and by whom, where the history tells.

        :param dict claim: see ``_payload_why``
        :param list history: see ``_payload_why``
        :rtype: str
        """
        contact = claim["last_contact_at"]
        for row in history if contact else ():
            asked = fields.Datetime.to_datetime(row["date"])
            if row["kind"] == "R" and abs(asked - contact) <= SAME_CONTACT:
                local = fields.Datetime.context_timestamp(self, asked)
                return self.env._(
                    "Promised on %(date)s at %(time)s by %(operator)s.",
                    date=local.strftime("%d/%m/%Y"),
                    time=local.strftime("%H:%M"),
                    operator=row["user"],
                )
        return ""
