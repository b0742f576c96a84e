from odoo import api, fields, models
from odoo.tools import SQL

#: Outcomes whose colours stand in the strip of the desk.
STRIP_OUTCOMES = 12


class CrmDesk(models.AbstractModel):
    """The operator's own day: figures, and the colours of the last outcomes.

    Everybody sees their own at their own desk, and nobody else's: figures of a person
    are shown to others only as the company's setting of monitoring allows.
    """

    _inherit = "crm.desk"

    @api.model
    def open(self):
        """Start the desk; see the base method.

        :return: also ``today``, see ``today_figures``
        :rtype: dict
        """
        return {**super().open(), "today": self.today_figures()}

    @api.model
    def confirm(self, line_id, claim_token, token, outcome_id, **details):
        """Register the outcome; see the base method.

        :return: also ``today``, see ``today_figures``
        :rtype: dict
        """
        result = super().confirm(line_id, claim_token, token, outcome_id, **details)
        return {**result, "today": self.today_figures()}

    @api.model
    def today_figures(self):
        """Return what the current user has done today, in their own time zone.

        What was taken back, and what the system or a correction wrote, is no work of
        a call and not counted.

        :return: ``names`` worked; outcomes by kind in ``kinds``; ``last``, the latest
            first: ``id``, ``kind``, ``name`` and ``color`` of each outcome
        :rtype: dict
        """
        self._check_operator()
        midnight = fields.Datetime.context_timestamp(
            self, fields.Datetime.now()
        ).replace(hour=0, minute=0, second=0, microsecond=0)
        self.env["crm.interaction"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """SELECT row.id, row.lead_id, row.outcome_kind, row.outcome_id
                     FROM crm_interaction row
                     JOIN crm_outcome outcome ON outcome.id = row.outcome_id
                    WHERE row.user_id = %s
                      AND row.date >= %s::timestamptz AT TIME ZONE 'UTC'
                      AND row.outcome_kind IS NOT NULL
                      AND row.reversed_id IS NULL
                      AND outcome.is_system IS NOT TRUE
                      AND NOT EXISTS (SELECT 1 FROM crm_interaction back
                                       WHERE back.reversed_id = row.id)
                 ORDER BY row.date DESC, row.id DESC""",
                self.env.uid,
                midnight,
            )
        )
        kinds = dict.fromkeys("RNCT", 0)
        for _id, _lead_id, kind, _outcome_id in rows:
            kinds[kind] += 1
        return {
            "names": len({lead_id for _id, lead_id, _kind, _outcome_id in rows}),
            "kinds": kinds,
            "last": self._strip_of(rows[:STRIP_OUTCOMES]),
        }

    @api.model
    def _strip_of(self, rows):
        """Return the colours of outcomes.

        :param list rows: id, name, kind and outcome of each, the latest first
        :rtype: list[dict]
        """
        # sudo: name and colour of an outcome are no secret
        outcomes = self.env["crm.outcome"].sudo()
        return [
            {
                "id": row_id,
                "kind": kind,
                "name": outcomes.browse(outcome_id).name,
                "color": outcomes.browse(outcome_id).color or "",
            }
            for row_id, _lead_id, kind, outcome_id in rows
        ]
