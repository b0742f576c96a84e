from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.crm_callcenter.wizard.crm_bulk_wizard import AT_ONCE


class CrmListShareWizard(models.TransientModel):
    """Assigns lists to operators: together, or a share of the names for each."""

    _name = "crm.list.share.wizard"
    _description = "Assign Lists to Operators"

    list_ids = fields.Many2many("crm.call.list", string="Lists", required=True)
    how = fields.Selection(
        [
            ("together", "All work on the same names"),
            ("even", "Each gets as many names as the others"),
            ("zone", "Each gets whole zones"),
        ],
        required=True,
        default="together",
        help="A share is a list of its own. What was worked already, and what"
        " somebody has in hand, stays where it is.",
    )
    operator_ids = fields.Many2many(
        "res.users",
        string="Operators",
        domain="[('share', '=', False)]",
        required=True,
    )
    keep_operators = fields.Boolean(
        "Besides Those Who Work on Them", help="Otherwise they replace them."
    )
    count = fields.Integer("Names to Share Out", compute="_compute_count")
    per_operator = fields.Integer("About for Each", compute="_compute_count")

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        if self.env.context.get("active_model") == "crm.call.list":
            values["list_ids"] = [
                fields.Command.set(self.env.context.get("active_ids") or [])
            ]
        return values

    def _lines_domain(self):
        """Return the names that are left in the lists, recalls and suspended included.

        :rtype: Domain
        """
        self.ensure_one()
        left = Domain("category", "in", ("to_call", "recall"))
        return Domain("list_id", "in", self.list_ids.ids) & (
            left | Domain("suspended", "=", True)
        )

    @api.depends("list_ids", "operator_ids")
    def _compute_count(self):
        for wizard in self:
            lines = self.env["crm.call.list.line"]
            wizard.count = lines.search_count(wizard._lines_domain())
            wizard.per_operator = wizard.count // (len(wizard._chosen_operators()) or 1)

    def action_confirm(self):
        """Assign the lists, or share their names out.

        :return: the operations, or nothing to show
        :rtype: dict
        :raise UserError: nobody is chosen
        """
        self.ensure_one()
        self.list_ids.check_access("write")
        if not self._chosen_operators():
            raise UserError(self.env._("Choose the operators."))
        if self.how == "together":
            self._assign()
            return {"type": "ir.actions.act_window_close"}
        jobs = self.env["crm.list.job"]
        for call_list in self.list_ids:
            jobs |= self._share_out(call_list)
        if len(jobs) == 1:
            return jobs.action_open()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_campaign_motivi.crm_list_job_action"
        )
        return {**action, "domain": [("id", "in", jobs.ids)]}

    def _chosen_operators(self):
        """Return who gets the lists or a share of them.

        :rtype: res.users
        """
        self.ensure_one()
        return self.operator_ids

    def _assign(self):
        command = fields.Command
        commands = (
            [command.link(user.id) for user in self.operator_ids]
            if self.keep_operators
            else [command.set(self.operator_ids.ids)]
        )
        self.list_ids.write({"operator_ids": commands})
        # sudo: a private recall of somebody who works on the list no more is given to
        # those who do; the lists themselves may be written
        lines = self.env["crm.call.list.line"].sudo()
        for call_list in self.list_ids:
            lines._fit_recalls(call_list)

    def _share_out(self, call_list):
        # sudo: a coordinator makes no lists, but shares out those of the own campaigns
        shares = (
            self.env["crm.call.list"]
            .sudo()
            .create(
                [
                    {
                        "name": f"{call_list.name} – {user.name}",
                        "campaign_id": call_list.campaign_id.id,
                        "portfolio_id": call_list.portfolio_id.id,
                        "operator_ids": [fields.Command.set(user.ids)],
                    }
                    for user in self.operator_ids
                ]
            )
        )
        domain = self._lines_domain() & Domain("list_id", "=", call_list.id)
        return self.env["crm.list.job"]._start(
            {
                "kind": "split",
                "list_id": call_list.id,
                "campaign_id": call_list.campaign_id.id,
                "target_list_ids": [fields.Command.set(shares.ids)],
                "domain": repr(list(domain)),
                "by_zone": self.how == "zone",
            },
            self.count,
            AT_ONCE,
        )
