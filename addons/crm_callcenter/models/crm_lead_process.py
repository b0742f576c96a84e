from odoo import fields, models


class CrmLeadProcess(models.Model):
    """A process that was opened with a name, with a state and a date of its own."""

    _name = "crm.lead.process"
    _description = "Process of a Name"
    _order = "date_open desc, id desc"
    _rec_name = "process_id"
    _log_access = False

    lead_id = fields.Many2one("crm.lead", "Name", required=True, ondelete="restrict")
    partner_id = fields.Many2one(
        "res.partner", "Customer", index="btree_not_null", ondelete="restrict"
    )
    process_id = fields.Many2one("crm.process", required=True, ondelete="restrict")
    commercial_state_id = fields.Many2one(
        "crm.commercial.state", "State", index="btree_not_null", ondelete="restrict"
    )
    state_date = fields.Datetime("Date of the State")
    date_open = fields.Datetime("Opened", required=True)
    date_close = fields.Datetime("Closed")
    result = fields.Selection(
        [
            ("open", "Open"),
            ("won", "Won"),
            ("lost", "Lost"),
            ("merged", "Merged into Another"),
        ],
        required=True,
        default="open",
    )

    _open_once = models.UniqueIndex(
        "(lead_id, process_id) WHERE date_close IS NULL",
        "This process is open already with this name.",
    )
    _of_lead = models.Index("(lead_id)")
    _by_result = models.Index("(process_id, result)")
    _closed_has_date = models.Constraint(
        "CHECK ((result = 'open') = (date_close IS NULL))",
        "A closed process has a closing date and a result.",
    )
