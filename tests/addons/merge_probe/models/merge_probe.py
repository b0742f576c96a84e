from odoo import api, fields, models


class MergeProbe(models.Model):
    """Links to names in all the ways in which an addon may link."""

    _name = "merge.probe"
    _description = "Merge Probe"

    name = fields.Char()
    lead_id = fields.Many2one("crm.lead", ondelete="restrict")
    partner_id = fields.Many2one("res.partner", ondelete="cascade")
    is_main = fields.Boolean()
    about = fields.Reference([("crm.lead", "Name"), ("res.partner", "Customer")])
    res_model = fields.Char()
    res_id = fields.Many2oneReference(model_field="res_model")
    lead_ids = fields.Many2many(
        "crm.lead", "merge_probe_lead_rel", "probe_id", "lead", string="Leads"
    )
    keeper_id = fields.Many2one("crm.lead", company_dependent=True)
    lead_number = fields.Integer(help="A number without a foreign key.")

    _main_once = models.UniqueIndex("(lead_id) WHERE is_main")
    _name_once = models.UniqueIndex("(COALESCE(lead_id, 0), lower(name))")

    @api.model
    def _merge_plain_references(self):
        return [*super()._merge_plain_references(), ("lead_number", "crm.lead")]


class MergeProbeChild(models.Model):
    """A row that a name has once for each code, with rows of its own below it."""

    _name = "merge.probe.child"
    _description = "Child of a Merge Probe"

    lead_id = fields.Many2one("crm.lead", required=True, ondelete="cascade")
    code = fields.Char(required=True)
    amount = fields.Float()
    detail_ids = fields.One2many("merge.probe.detail", "child_id")

    _code_once = models.Constraint("UNIQUE (lead_id, code)", "Once each.")


class MergeProbePeriod(models.Model):
    """Periods of a name, of which no two overlap."""

    _name = "merge.probe.period"
    _description = "Period of a Merge Probe"

    lead_id = fields.Many2one("crm.lead", required=True, ondelete="cascade")
    first = fields.Integer()
    last = fields.Integer()

    _one_at_a_time = models.Constraint(
        "EXCLUDE USING gist (int4range(lead_id, lead_id, '[]') WITH &&,"
        " int4range(first, last, '[]') WITH &&)",
        "One at a time.",
    )


class MergeProbeDetail(models.Model):
    """A row of a row."""

    _name = "merge.probe.detail"
    _description = "Detail of a Merge Probe"

    child_id = fields.Many2one("merge.probe.child", required=True, ondelete="cascade")
    number = fields.Integer()

    _number_once = models.Constraint("UNIQUE (child_id, number)", "Once each.")
