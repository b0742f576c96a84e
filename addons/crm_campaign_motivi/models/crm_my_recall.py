from odoo import api, fields, models
from odoo.tools import SQL, drop_view_if_exists

_VIEW = """
    SELECT line.id::bigint * 2 AS id, 'recall' AS kind,
           line.recall_user_id AS user_id, line.lead_id, line.campaign_id,
           line.id AS line_id, NULL::integer AS activity_type_id,
           line.recall_at AS moment,
           (line.recall_at AT TIME ZONE 'UTC'
                           AT TIME ZONE coalesce(partner.tz, 'Europe/Rome'))::date
               AS day,
           NULL::varchar AS summary
      FROM crm_call_list_line line
      JOIN crm_call_list list ON list.id = line.list_id AND list.active
      JOIN crm_call_list_operator_rel rel
        ON rel.list_id = line.list_id AND rel.user_id = line.recall_user_id
      JOIN res_users users ON users.id = line.recall_user_id
      JOIN res_partner partner ON partner.id = users.partner_id
     WHERE line.recall_user_id IS NOT NULL AND line.category = 'recall'
     UNION ALL
    SELECT activity.id::bigint * 2 + 1, 'action', activity.user_id,
           activity.res_id, NULL, NULL, activity.activity_type_id,
           activity.date_planned, activity.date_deadline, activity.summary
      FROM mail_activity activity
     WHERE activity.active AND activity.res_model = 'crm.lead'
       AND activity.user_id IS NOT NULL AND activity.res_id > 0"""


class CrmMyRecall(models.Model):
    """What an operator has promised to do: private recalls and planned actions.

    One's own rows and nobody else's. The name and its numbers are read with the rights
    of the row: the operator has promised the call to this customer.
    """

    _name = "crm.my.recall"
    _description = "Own Recall or Planned Action"
    _inherit = ["crm.monitored.mixin"]
    _auto = False
    _order = "day, moment, id"
    _rec_name = "lead_name"

    kind = fields.Selection(
        [("recall", "Recall"), ("action", "Planned Action")], readonly=True
    )
    user_id = fields.Many2one("res.users", readonly=True)
    lead_id = fields.Many2one("crm.lead", "Name Record", readonly=True)
    lead_name = fields.Char("Name", compute="_compute_lead_values")
    lead_phone = fields.Char("Phone", compute="_compute_lead_values")
    lead_city = fields.Char("City", compute="_compute_lead_values")
    campaign_id = fields.Many2one("utm.campaign", readonly=True)
    line_id = fields.Many2one("crm.call.list.line", "List Line", readonly=True)
    activity_type_id = fields.Many2one("mail.activity.type", readonly=True)
    moment = fields.Datetime(
        "When", readonly=True, help="Empty: at any time of the day."
    )
    day = fields.Date(readonly=True)
    summary = fields.Char(readonly=True)
    is_overdue = fields.Boolean("Overdue", compute="_compute_is_overdue")
    what = fields.Char(compute="_compute_what")

    def init(self):
        """Make the view; a condition on the person reaches either part's index."""
        drop_view_if_exists(self.env.cr, self._table)
        self.env.cr.execute(
            SQL(
                "CREATE VIEW %s AS (%s)",
                SQL.identifier(self._table),
                SQL(_VIEW),
            )
        )

    @api.depends("lead_id")
    def _compute_lead_values(self):
        # sudo: see the class
        phones = self.lead_id.sudo()._callable_phones()
        for row in self:
            lead = row.lead_id.sudo()
            row.lead_name = lead.name
            row.lead_phone = phones.get(lead.id, False)
            row.lead_city = lead.city

    @api.depends("moment", "day")
    def _compute_is_overdue(self):
        now, today = fields.Datetime.now(), fields.Date.context_today(self)
        for row in self:
            row.is_overdue = (
                row.moment < now if row.moment else bool(row.day and row.day < today)
            )

    @api.depends("kind", "activity_type_id", "summary")
    def _compute_what(self):
        for row in self:
            row.what = (
                self.env._("Recall")
                if row.kind == "recall"
                # sudo: what one's own planned action is called
                else row.summary or row.activity_type_id.sudo().name
            )

    def action_call_now(self):
        """Button: open the desk on this name.

        :rtype: dict
        """
        self.ensure_one()
        return self.lead_id._open_desk("outcome", self.campaign_id.id or None)

    def action_open_name(self):
        """Open the form of this name, which says so if it may not be read.

        :rtype: dict
        """
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "crm_callcenter.crm_lead_action_names"
        )
        views = [view for view in action["views"] if view[1] == "form"]
        return {
            **action,
            "res_id": self.lead_id.id,
            "views": views or [(False, "form")],
        }
