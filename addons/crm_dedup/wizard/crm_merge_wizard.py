from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

#: So many are merged by hand at a time: somebody has looked at them.
MOST_MERGED = 20


class CrmMergeWizard(models.TransientModel):
    """Merges names or customers that somebody chose in a list."""

    _name = "crm.merge.wizard"
    _description = "Merge"

    model = fields.Char(required=True, readonly=True)
    line_ids = fields.One2many("crm.merge.wizard.line", "wizard_id")
    value_ids = fields.One2many("crm.merge.wizard.value", "wizard_id")
    is_two = fields.Boolean(compute="_compute_is_two")

    @api.depends("line_ids")
    def _compute_is_two(self):
        for wizard in self:
            wizard.is_two = len(wizard.line_ids) == 2

    @api.model
    def default_get(self, names):
        values = super().default_get(names)
        model_name = self.env.context.get("active_model")
        ids = self.env.context.get("active_ids") or []
        if model_name not in ("crm.lead", "res.partner"):
            return values
        self.env["crm.merge.journal"]._check_may_merge()
        if not 2 <= len(ids) <= MOST_MERGED:
            raise UserError(
                self.env._(
                    "Choose at least two records to merge, and no more than %(most)s.",
                    most=MOST_MERGED,
                )
            )
        records = self.env[model_name].browse(ids)
        records.check_access("write")
        survivor = self.env["crm.merge"]._choose_survivor(records)
        values["model"] = model_name
        values["line_ids"] = [
            Command.create({"res_ref": record.id, "is_survivor": record == survivor})
            for record in records
        ]
        values["value_ids"] = [
            Command.create(one)
            for one in self.env["crm.merge.wizard.value"]._differing(records)
        ]
        return values

    def action_compare(self):
        """Button: choose field by field what stays of two records.

        :rtype: dict
        """
        self.ensure_one()
        first, second = self.env[self.model].browse(self.line_ids.mapped("res_ref"))
        return self.env["crm.merge.review"]._open_chosen(first, second)

    def action_merge(self):
        """Button: merge the records into the one that is marked.

        :return: shows the one that stayed
        :rtype: dict
        :raise UserError: not exactly one is marked, or they can't be merged
        """
        self.ensure_one()
        self.env["crm.merge.journal"]._check_may_merge()
        marked = self.line_ids.filtered("is_survivor")
        if len(marked) != 1:
            raise UserError(self.env._("Mark the one record that stays."))
        survivor = self.env[self.model].browse(marked.res_ref)
        losers = self.env[self.model].browse((self.line_ids - marked).mapped("res_ref"))
        (survivor | losers).check_access("write")
        pairs = self.env["crm.duplicate.pair"].sudo()  # sudo: the records are checked
        self.env["crm.duplicate.sample"].sudo()._label_pairs(
            pairs._among(survivor | losers), "same"
        )
        choices = self.value_ids._choices()
        # sudo: checked; what is linked to the records is rows of all addons
        self.env["crm.merge"].sudo()._merge_committed(survivor, losers, choices)
        return {
            "type": "ir.actions.act_window",
            "res_model": self.model,
            "res_id": survivor.id,
            "views": [(False, "form")],
        }


class CrmMergeWizardLine(models.TransientModel):
    """A record that is to be merged."""

    _name = "crm.merge.wizard.line"
    _description = "Record to Merge"

    wizard_id = fields.Many2one("crm.merge.wizard", required=True, ondelete="cascade")
    res_ref = fields.Integer(required=True, readonly=True)
    is_survivor = fields.Boolean("Stays")
    name = fields.Char(compute="_compute_facts")
    facts = fields.Char("Known", compute="_compute_facts")

    @api.depends("res_ref", "wizard_id.model")
    def _compute_facts(self):
        for line in self:
            record = self.env[line.wizard_id.model].browse(line.res_ref).exists()
            line.name = record.display_name
            line.facts = ", ".join(
                str(record[name])
                for name in (
                    "phone",
                    "mobile",
                    "street",
                    "zip",
                    "city",
                    "email_from",
                    "email",
                )
                if name in record._fields and record[name]
            )


class CrmMergeRunWizard(models.TransientModel):
    """Begins a run that merges all sure pairs, or only shows which they are."""

    _name = "crm.merge.run.wizard"
    _description = "Merge All Sure Pairs"

    kind = fields.Selection(
        [
            ("lead", "Names"),
            ("partner", "Customers"),
            ("customer", "Names That Are Customers"),
        ],
        required=True,
        default="lead",
    )
    sure_count = fields.Integer("Sure Pairs", compute="_compute_sure_count")

    @api.depends("kind")
    def _compute_sure_count(self):
        for wizard in self:
            wizard.sure_count = self.env["crm.duplicate.pair"].search_count(
                [
                    ("kind", "=", wizard.kind),
                    ("verdict", "=", "same"),
                    ("state", "=", "open"),
                    # Those of other companies are left to these.
                    ("company_id", "in", [False, self.env.company.id]),
                ]
            )

    def action_look(self):
        """Button: plan the merges and show them.

        :rtype: dict
        """
        return self.env["crm.merge.run"]._start(self.kind, "plan").action_open()

    def action_merge(self):
        """Button: merge all sure pairs.

        :rtype: dict
        """
        return self.env["crm.merge.run"]._start(self.kind, "merge").action_open()
