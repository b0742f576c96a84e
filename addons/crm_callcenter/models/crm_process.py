from collections import defaultdict

from odoo import api, fields, models, tools


class CrmProcess(models.Model):
    """A named set of actions that lead to a conclusion (Attività), e.g. a renewal."""

    _name = "crm.process"
    _description = "Process"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    color = fields.Char(default="#6c757d")
    type_ids = fields.Many2many(
        "mail.activity.type",
        "crm_process_activity_type_rel",
        "process_id",
        "type_id",
        string="Actions",
        domain="[('is_commercial', '=', True), ('is_system', '=', False)]",
        help="The actions by which this process goes on.",
    )
    commercial_state_id = fields.Many2one(
        "crm.commercial.state",
        "State When Opened",
        ondelete="restrict",
        help="The state that the process itself starts with.",
    )
    lead_process_ids = fields.One2many("crm.lead.process", "process_id", "Opened")

    _color_hex = models.Constraint(
        "CHECK (color IS NULL OR color ~ '^#[0-9a-fA-F]{6}$')",
        "A colour is written as # and six hexadecimal digits, for instance #28a745.",
    )

    @api.model
    @tools.ormcache()
    def _ids_by_type(self):
        """Return which processes each action type belongs to.

        :return: process ids by type id
        :rtype: dict[int, list[int]]
        """
        found = defaultdict(list)
        # sudo: a configuration, for every user's request
        for process in (
            self.sudo()
            .with_context(active_test=True)
            .search([("type_ids", "!=", False)])
        ):
            for type_id in process.type_ids._ids:
                found[type_id].append(process.id)
        return dict(found)

    def _is_used_elsewhere(self):
        """Tell whether this process is open with a name, or an active relation's.

        :rtype: bool
        """
        self.ensure_one()
        # sudo: whether it is in use, whoever may see by whom
        process = self.sudo()
        opened = process.lead_process_ids.search_count(
            [("process_id", "=", self.id), ("date_close", "=", False)], limit=1
        )
        return bool(
            opened
            or self.env["crm.relation"].search_count(
                [("process_id", "=", self.id)], limit=1
            )
        )

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        self.env.registry.clear_cache()
        return super().write(vals)
