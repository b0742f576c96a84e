from odoo import api, fields, models
from odoo.tools import SQL


def _current_sql(table):
    """Return a query of each node's id and of the one that counts for it today.

    Starts at the nodes that nothing replaced, so that a ring of replacements, which
    the wizard refuses, can't make it endless.

    :param str table: of a model with ``replaced_by_id``
    :rtype: SQL
    """
    return SQL(
        """(WITH RECURSIVE chain AS (
                SELECT id, id AS current_id FROM %(table)s WHERE replaced_by_id IS NULL
                UNION ALL
                SELECT node.id, chain.current_id
                  FROM %(table)s node JOIN chain ON node.replaced_by_id = chain.id)
            SELECT id, current_id FROM chain WHERE id != current_id)""",
        table=SQL.identifier(table),
    )


#: What a ledger row ``i`` with the outcome ``o`` counts. What is taken back counts
#: against; what only the system registers doesn't count.
OUTCOMES_SQL = SQL(
    "CASE WHEN i.reversed_id IS NOT NULL THEN -1 WHEN o.is_system THEN 0 ELSE 1 END"
)
APPOINTMENTS_SQL = SQL(
    """CASE WHEN i.reversed_id IS NOT NULL
            THEN (SELECT CASE WHEN back.outcome_kind = 'T' THEN -1 ELSE 0 END
                    FROM crm_interaction back WHERE back.id = i.reversed_id)
            WHEN i.outcome_kind = 'T' AND NOT COALESCE(o.is_system, false) THEN 1
            ELSE 0 END"""
)


class CrmInteractionReport(models.Model):
    """The ledger as reports read it.

    The same rows with the same ids. Types, outcomes and states that were replaced
    stand under the one that replaced them, however long the chain is; the ledger
    itself keeps what was written.
    """

    _name = "crm.interaction.report"
    _description = "Analysis of the History"
    _inherit = ["crm.monitored.mixin"]
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "outcome_id"
    _depends = {
        "crm.interaction": [
            "activity_type_id",
            "campaign_id",
            "date",
            "lead_id",
            "operator_category_id",
            "outcome_id",
            "outcome_kind",
            "points",
            "reversed_id",
            "state_after_id",
            "state_before_id",
            "team_id",
            "user_id",
        ],
        "crm.outcome": ["is_system", "replaced_by_id"],
        "mail.activity.type": ["replaced_by_id"],
        "crm.commercial.state": ["replaced_by_id"],
    }

    interaction_id = fields.Many2one("crm.interaction", "Ledger Row", readonly=True)
    lead_id = fields.Many2one("crm.lead", "Name", readonly=True)
    date = fields.Datetime(readonly=True)
    user_id = fields.Many2one("res.users", readonly=True)
    team_id = fields.Many2one("crm.team", readonly=True)
    campaign_id = fields.Many2one("utm.campaign", readonly=True)
    operator_category_id = fields.Many2one("crm.operator.category", readonly=True)
    activity_type_id = fields.Many2one("mail.activity.type", "Type", readonly=True)
    outcome_id = fields.Many2one("crm.outcome", readonly=True)
    outcome_kind = fields.Selection(
        selection=lambda self: self.env["crm.outcome"]._fields["kind"].selection,
        string="Kind",
        readonly=True,
    )
    state_before_id = fields.Many2one("crm.commercial.state", readonly=True)
    state_after_id = fields.Many2one("crm.commercial.state", readonly=True)
    points = fields.Integer(readonly=True)
    outcomes = fields.Integer(
        readonly=True,
        help="One for each outcome that somebody registered, minus one for each that"
        " was taken back.",
    )
    appointments = fields.Integer(
        readonly=True, help="Outcomes of the kind T, less those taken back."
    )
    is_counted = fields.Boolean(
        readonly=True,
        help="The row counts in leaderboards: as an outcome or by points.",
    )

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT i.id, i.id AS interaction_id, i.lead_id, i.date, i.user_id,
                   i.team_id, i.campaign_id, i.operator_category_id, i.outcome_kind,
                   i.points,
                   COALESCE(type.current_id, i.activity_type_id) AS activity_type_id,
                   COALESCE(outcome.current_id, i.outcome_id) AS outcome_id,
                   COALESCE(before.current_id, i.state_before_id) AS state_before_id,
                   COALESCE(after.current_id, i.state_after_id) AS state_after_id,
                   %(outcomes)s AS outcomes,
                   %(appointments)s AS appointments,
                   (i.reversed_id IS NOT NULL OR i.points != 0
                    OR NOT COALESCE(o.is_system, false)) AS is_counted
              FROM crm_interaction i
              JOIN crm_outcome o ON o.id = i.outcome_id
         LEFT JOIN %(types)s AS type ON type.id = i.activity_type_id
         LEFT JOIN %(nodes)s AS outcome ON outcome.id = i.outcome_id
         LEFT JOIN %(states)s AS before ON before.id = i.state_before_id
         LEFT JOIN %(states)s AS after ON after.id = i.state_after_id
            """,
            outcomes=OUTCOMES_SQL,
            appointments=APPOINTMENTS_SQL,
            types=_current_sql("mail_activity_type"),
            nodes=_current_sql("crm_outcome"),
            states=_current_sql("crm_commercial_state"),
        )

    def action_open_row(self):
        """Open the row of the ledger itself.

        :return: the action that shows it
        :rtype: dict
        """
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "crm.interaction",
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "current",
        }

    @api.model
    def _counted_domain(self, start, stop, **values):
        """Return the domain of the rows that explain a figure.

        :param datetime.datetime start: naive UTC
        :param datetime.datetime stop: naive UTC, no longer within
        :param values: ids by field name; lists for several, False for none
        :rtype: list
        """
        domain = [
            ("date", ">=", fields.Datetime.to_string(start)),
            ("date", "<", fields.Datetime.to_string(stop)),
            ("is_counted", "=", True),
        ]
        for field_name, value in values.items():
            operator = "in" if isinstance(value, (list, tuple)) else "="
            domain.append((field_name, operator, value))
        return domain
