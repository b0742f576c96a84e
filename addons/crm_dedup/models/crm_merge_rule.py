from odoo import api, fields, models
from odoo.tools import SQL

#: What tells whether a record is a customer.
_FACTS = ("partner_id", "type", "customer_rank")


class ResCompany(models.Model):
    """Which of several records stays when nobody chooses."""

    _inherit = "res.company"

    merge_customer_first = fields.Boolean(
        "Customers Stay",
        default=True,
        help="Of a name with a customer and one without, the first one stays.",
    )
    merge_survivor_rule = fields.Selection(
        [
            ("complete", "The Most Complete"),
            ("history", "The One With the Most History"),
            ("newest", "The Newest"),
            ("oldest", "The Oldest"),
        ],
        "Which One Stays",
        required=True,
        default="complete",
        help="Of several names or customers that are one. Where the rule doesn't tell"
        " them apart, the oldest one stays.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    merge_customer_first = fields.Boolean(
        related="company_id.merge_customer_first", readonly=False
    )
    merge_survivor_rule = fields.Selection(
        related="company_id.merge_survivor_rule", readonly=False, required=True
    )


class CrmMerge(models.AbstractModel):
    """Which record stays."""

    _inherit = "crm.merge"

    @api.model
    def _choose_survivor(self, records):
        """Return the record that stays by the rule of the company.

        :param records: names, or customers
        :rtype: a record of the same model
        """
        records = records.exists()
        ranks = self._survivor_ranks(records._name, records.ids)
        return max(records, key=lambda record: ranks[record.id])

    @api.model
    def _survivor_ranks(self, model_name, ids):
        """Return what is compared to find the record that stays: the greatest.

        :param str model_name: of the records
        :rtype: dict[int, tuple]
        """
        self.env.flush_all()
        rows = self._rows_to_rank(model_name, ids)
        # sudo: how much is known, not what
        company = self.env.company.sudo()
        must_stay = self._must_stay(model_name, ids)
        rule = getattr(self, f"_rank_{company.merge_survivor_rule}")
        by_rule = rule(model_name, rows)
        return {
            number: (
                number in must_stay,
                bool(row["active"]),
                self._is_customer(model_name, row)
                if company.merge_customer_first
                else 0,
                by_rule[number],
                -number,
            )
            for number, row in rows.items()
        }

    @api.model
    def _must_stay(self, model_name, ids):
        """Return the records that can't go into another one; addons add to it.

        :rtype: set[int]
        """
        return set()

    @api.model
    def _is_customer(self, model_name, row):
        """Return how much of a customer a record is."""
        if model_name == "crm.lead":
            return 2 * bool(row["partner_id"]) + (row["type"] == "opportunity")
        return row.get("customer_rank") or 0

    @api.model
    def _rows_to_rank(self, model_name, ids):
        """Return what tells records apart; of wide rows only what is needed.

        :rtype: dict[int, dict]
        """
        records = self.env[model_name]
        facts = [name for name in _FACTS if name in records._fields]
        self.env.cr.execute(
            SQL(
                "SELECT id, active, create_date, num_nonnulls(%s) AS filled, %s"
                " FROM %s WHERE id = ANY(%s)",
                SQL(", ").join(
                    SQL("NULLIF(%s::text, '')", SQL.identifier(name))
                    for name in self._fillable(model_name)
                    if records._fields[name].type != "boolean"
                ),
                SQL(", ").join(map(SQL.identifier, facts)),
                SQL.identifier(records._table),
                list(ids),
            )
        )
        return {row["id"]: row for row in self.env.cr.dictfetchall()}

    @api.model
    def _rank_complete(self, model_name, rows):
        return {number: row["filled"] for number, row in rows.items()}

    @api.model
    def _rank_newest(self, model_name, rows):
        return {number: str(row["create_date"] or "") for number, row in rows.items()}

    @api.model
    def _rank_oldest(self, model_name, rows):
        return {number: 0 for number in rows}

    @api.model
    def _rank_history(self, model_name, rows):
        column = "lead_id" if model_name == "crm.lead" else "partner_id"
        self.env.cr.execute(
            SQL(
                "SELECT %(column)s, count(*) FROM crm_interaction"
                " WHERE %(column)s = ANY(%(ids)s) GROUP BY 1",
                column=SQL.identifier(column),
                ids=list(rows),
            )
        )
        counts = dict(self.env.cr.fetchall())
        return {number: counts.get(number, 0) for number in rows}
