from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

#: Lines added in one statement; locks of a statement stay short.
BATCH_SIZE = 5000


class CrmCallList(models.Model):
    """A list of names (Elenco) of a campaign, and the operators who work on it.

    A list with an owner is personal: it holds the names that this operator has
    handled, so that they stay visible to them, and is never served.
    """

    _name = "crm.call.list"
    _description = "Call List"
    _order = "campaign_id, name, id"

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    campaign_id = fields.Many2one(
        "utm.campaign",
        index=True,
        ondelete="restrict",
        domain="[('is_call_campaign', '=', True)]",
    )
    company_id = fields.Many2one(related="campaign_id.company_id")
    operator_ids = fields.Many2many(
        "res.users",
        "crm_call_list_operator_rel",
        "list_id",
        "user_id",
        string="Operators",
        domain="[('share', '=', False)]",
        help="They see the names of this list and are served from it.",
    )
    owner_id = fields.Many2one(
        "res.users", "Personal List Of", readonly=True, copy=False, ondelete="cascade"
    )
    line_ids = fields.One2many("crm.call.list.line", "list_id", "Names")
    count_total = fields.Integer("Names in the List", compute="_compute_counts")
    count_to_call = fields.Integer("To Call", compute="_compute_counts")
    count_recall = fields.Integer("To Call Again", compute="_compute_counts")
    count_closed = fields.Integer("Closed", compute="_compute_counts")

    _campaign_or_owner = models.Constraint(
        "CHECK (campaign_id IS NOT NULL OR owner_id IS NOT NULL)",
        "A list belongs to a campaign. Choose one.",
    )
    _personal_once = models.UniqueIndex(
        "(owner_id) WHERE owner_id IS NOT NULL",
        "This operator has a personal list already.",
    )

    def init(self):
        """Index the operators' side of the relation, which the rule of names asks."""
        result = super().init()
        self.env.cr.execute(
            "CREATE INDEX IF NOT EXISTS crm_call_list_operator_rel_user_list_idx"
            " ON crm_call_list_operator_rel (user_id, list_id)"
        )
        return result

    def write(self, vals):
        if "owner_id" in vals and not self.env.su:
            raise UserError(
                self.env._("A list becomes personal by the operator's work only.")
            )
        result = super().write(vals)
        if "campaign_id" in vals:
            # The rules look at a list before it is written; now it may be elsewhere.
            self.check_access("write")
        return result

    def _compute_counts(self):
        lines = self.env["crm.call.list.line"]
        lines.flush_model(["list_id", "category"])
        counts = {}
        if self.ids:
            for list_id, category, count in self.env.execute_query(
                SQL(
                    """SELECT list_id, category, count(*) FROM crm_call_list_line
                        WHERE list_id = ANY(%s) GROUP BY list_id, category""",
                    self.ids,
                )
            ):
                counts.setdefault(list_id, {})[category] = count
        for call_list in self:
            found = counts.get(call_list.id, {})
            call_list.count_total = sum(found.values())
            call_list.count_to_call = found.get("to_call", 0)
            call_list.count_recall = found.get("recall", 0)
            call_list.count_closed = sum(
                found.get(category, 0)
                for category in ("closed_positive", "closed_negative", "exhausted")
            )

    @api.model
    def _get_personal_list_id(self):
        """Return the id of the current user's personal list, made when first needed.

        :rtype: int
        """
        # sudo: an operator may not create lists; this one is its own and fixed in shape
        personal = self.sudo().search([("owner_id", "=", self.env.uid)], limit=1)
        if not personal:
            personal = self.sudo().create(
                {
                    "name": self.env._("Handled by %(user)s", user=self.env.user.name),
                    "owner_id": self.env.uid,
                    "operator_ids": [fields.Command.set([self.env.uid])],
                }
            )
        return personal.id

    def _add_leads(self, lead_ids):
        """Put names into this list, at its end, set-based. Names already in it stay.

        :param list lead_ids: ids of ``crm.lead`` in the order of calling
        :return: how many were added
        :rtype: int
        """
        self.ensure_one()
        self.flush_recordset()
        self.env["crm.call.list.line"].flush_model()
        self._lock_for_changes()
        added = 0
        for position in range(0, len(lead_ids), BATCH_SIZE):
            added += self._add_lead_batch(lead_ids[position : position + BATCH_SIZE])
        self.env["crm.call.list.line"].invalidate_model()
        self.invalidate_recordset()
        return added

    def _lock_for_changes(self):
        """Let nobody else add names to these lists before this transaction ends.

        Claims and outcomes don't ask for it, so no operator waits.
        """
        for list_id in sorted(self.ids):
            self.env.cr.execute(
                SQL(
                    "SELECT pg_advisory_xact_lock(hashtext(%s), %s)",
                    self._table,
                    list_id,
                )
            )

    def _add_lead_batch(self, lead_ids):
        wanted = SQL(
            """SELECT asked.*, lead.zone_id
                 FROM unnest(%s::int[]) WITH ORDINALITY AS asked(lead_id, position),
                      LATERAL (SELECT zone_id FROM crm_lead
                                WHERE id = asked.lead_id OFFSET 0) AS lead""",
            list(lead_ids),
        )
        self.env.cr.execute(self._insert_lines_sql(wanted))
        return self.env.cr.rowcount

    def _insert_lines_sql(self, wanted):
        """Return the statement that puts names at the end of this list.

        :param SQL wanted: a query that yields ``lead_id``, ``position`` and
            ``zone_id`` of names that exist
        :rtype: SQL
        """
        columns = self._new_line_columns()
        return SQL(
            """INSERT INTO crm_call_list_line (%(names)s)
               SELECT %(values)s
                 FROM (%(wanted)s) AS wanted,
                      (SELECT coalesce(max(rank), 0) AS rank
                         FROM crm_call_list_line WHERE list_id = %(list)s) AS last
             ORDER BY wanted.position
          ON CONFLICT (list_id, lead_id) DO NOTHING""",
            names=SQL(", ").join(map(SQL.identifier, columns)),
            values=SQL(", ").join(columns.values()),
            wanted=wanted,
            list=self.id,
        )

    def _new_line_columns(self):
        """Return what a name that enters this list starts with.

        :return: an expression per column, over ``wanted`` (``lead_id``, ``position``,
            ``zone_id``) and ``last`` (``rank``)
        :rtype: dict[str, SQL]
        """
        self.ensure_one()
        state = self.env["crm.list.state"]._get_by_category("to_call")
        return {
            "list_id": SQL("%s", self.id),
            "campaign_id": SQL("%s::int", self.campaign_id.id or None),
            "lead_id": SQL("wanted.lead_id"),
            "zone_id": SQL("coalesce(wanted.zone_id, 0)"),
            "list_state_id": SQL("%s", state.id),
            "category": SQL("%s", state.category),
            "rank": SQL("last.rank + wanted.position"),
            "attempts": SQL("0"),
        }

    def action_open_lines(self):
        """Button: the names of this list with their state in it."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.name,
            "res_model": "crm.call.list.line",
            "view_mode": "list",
            "domain": [("list_id", "=", self.id)],
        }
