from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.crm_callcenter.wizard.crm_bulk_wizard import AT_ONCE


class CrmListShareWizard(models.TransientModel):
    """Assigns lists to operators or groups: together, or a share of names for each."""

    _name = "crm.list.share.wizard"
    _description = "Assign Lists to Operators"

    list_ids = fields.Many2many("crm.call.list", string="Lists", required=True)
    how = fields.Selection(
        [
            ("together", "All work on the same names"),
            ("even", "Each operator or group gets as many names as the others"),
            ("zone", "Each operator or group gets whole zones"),
        ],
        required=True,
        default="together",
        help="A share is a list of its own. What was worked already, and what"
        " somebody has in hand, stays where it is.",
    )
    operator_ids = fields.Many2many(
        "res.users",
        string="Operators",
        domain="[('may_call_names', '=', True)]",
    )
    group_ids = fields.Many2many(
        "crm.operator.group",
        string="Groups",
        help="All members of a group work on the list, or the share, of the group.",
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

    @api.depends("list_ids", "operator_ids", "group_ids")
    def _compute_count(self):
        for wizard in self:
            lines = self.env["crm.call.list.line"]
            wizard.count = lines.search_count(wizard._lines_domain())
            wizard.per_operator = wizard.count // (len(wizard._workers()) or 1)

    def action_confirm(self):
        """Assign the lists, or share their names out.

        :return: the operations, or nothing to show
        :rtype: dict
        :raise UserError: nobody is chosen
        """
        self.ensure_one()
        self.list_ids.check_access("write")
        if not self._workers():
            raise UserError(self.env._("Choose the operators or the groups."))
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

    def _workers(self):
        """Return who gets the lists or a share of them, by the field of the list.

        :return: field of ``crm.call.list``, and the operator or the group
        :rtype: list[tuple]
        """
        self.ensure_one()
        return [
            *(("own_operator_ids", user) for user in self.operator_ids),
            *(("group_ids", group) for group in self.group_ids),
        ]

    def _assign(self):
        """Let those who were chosen work on the lists, and nobody else.

        A list that is for its whole campaign is for them only from now on, unless
        they come besides.
        """
        command = fields.Command
        values = {"own_operator_ids": [], "group_ids": []}
        for name, worker in self._workers():
            values[name].append(command.link(worker.id))
        if not self.keep_operators:
            values = {
                name: [command.clear(), *commands] for name, commands in values.items()
            }
            values["is_for_campaign"] = False
        self.list_ids.write(values)
        # sudo: a private recall of somebody who works on the list no more is given to
        # those who do; the lists themselves may be written
        lines = self.env["crm.call.list.line"].sudo()
        for call_list in self.list_ids:
            lines._fit_recalls(call_list)

    def _share_values(self, call_list):
        """Return what a share takes over from its list: also whom that leaves out.

        :rtype: dict
        """
        rules = self.env["crm.list.rule.mixin"]._rule_fields()
        [values] = call_list.read([*rules, "campaign_id", "portfolio_id"], load=None)
        del values["id"]
        return values

    def _share_out(self, call_list):
        # sudo: a coordinator makes no lists, but shares out those of the own campaigns
        shares = (
            self.env["crm.call.list"]
            .sudo()
            .create(
                [
                    {
                        **self._share_values(call_list),
                        "name": f"{call_list.name} – {worker.name}",
                        name: [fields.Command.set(worker.ids)],
                        "is_for_campaign": False,
                    }
                    for name, worker in self._workers()
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
