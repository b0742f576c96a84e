from odoo import api, fields, models
from odoo.tools import SQL

#: The users of a name, beside its salesperson, that its customer keeps.
PEOPLE_FIELDS = ("contact_user_id", "technician_id")


class CrmLead(models.Model):
    """Who looks after a name: salesperson, contact person, technician."""

    _inherit = "crm.lead"

    contact_user_id = fields.Many2one(
        "res.users",
        "Contact Person",
        index="btree_not_null",
        copy=False,
        domain="[('share', '=', False)]",
        help="Colleague who keeps the contact with this name.",
    )
    technician_id = fields.Many2one(
        "res.users",
        index="btree_not_null",
        copy=False,
        domain="[('share', '=', False)]",
        help="Colleague who looks after the plant of this name.",
    )
    charge_user_id = fields.Many2one(
        "res.users",
        "In Charge",
        index="btree_not_null",
        copy=False,
        readonly=True,
        help="Who follows this name (Presa in carico). Taken by hand or by an outcome,"
        " and lost after some days without an outcome.",
    )
    charge_date = fields.Datetime("In Charge Since", copy=False, readonly=True)

    def _prepare_customer_values(self, partner_name, is_company=False, parent_id=False):
        values = super()._prepare_customer_values(partner_name, is_company, parent_id)
        values.update({name: self[name].id for name in PEOPLE_FIELDS})
        return values

    @api.model
    def _closed_charge_fields(self):
        return {"charge_user_id", "charge_date"}

    def _assign_people_batch(self, people):
        """Give these names, and their customers, other people to look after them.

        A salesperson follows the name from then on, as Odoo has it; nobody gets a
        mail per name.

        :param dict people: users (``res.users``, empty: nobody) by the name of their
            field: ``user_id``, ``contact_user_id``, ``technician_id``
        :return: with how many names somebody changed
        :rtype: int
        """
        if not self or not people:
            return 0
        self.env.flush_all()
        changes = SQL(", ").join(
            SQL("%s = %s", SQL.identifier(name), user.id or None)
            for name, user in people.items()
        )
        differs = SQL(" OR ").join(
            SQL("%s IS DISTINCT FROM %s", SQL.identifier(name), user.id or None)
            for name, user in people.items()
        )
        salesperson = people.get("user_id")
        rows = self.env.execute_query(
            SQL(
                """UPDATE crm_lead
                      SET %(changes)s, write_uid = %(uid)s,
                          write_date = now() AT TIME ZONE 'UTC',
                          date_open = CASE WHEN %(opens)s
                                           THEN COALESCE(date_open,
                                                         now() AT TIME ZONE 'UTC')
                                           ELSE date_open END
                    WHERE id = ANY(%(ids)s) AND (%(differs)s)
                RETURNING id""",
                changes=changes,
                uid=self.env.uid,
                opens=bool(salesperson),
                ids=self.ids,
                differs=differs,
            )
        )
        changed = [lead_id for [lead_id] in rows]
        self.env.execute_query(
            SQL(
                """UPDATE res_partner
                      SET %(changes)s, write_uid = %(uid)s,
                          write_date = now() AT TIME ZONE 'UTC'
                    WHERE id IN (SELECT partner_id FROM crm_lead
                                  WHERE id = ANY(%(ids)s))
                      AND (%(differs)s)
                RETURNING id""",
                changes=changes,
                uid=self.env.uid,
                ids=self.ids,
                differs=differs,
            )
        )
        if salesperson and changed:
            self.env["crm.planner"]._follow_names(
                SQL(
                    "SELECT unnest(%s) AS lead_id, %s AS partner_id",
                    changed,
                    salesperson.sudo().partner_id.id,  # sudo: a colleague
                )
            )
        self.invalidate_model([*people, "date_open"])
        self.env["res.partner"].invalidate_model(list(people))
        return len(changed)
