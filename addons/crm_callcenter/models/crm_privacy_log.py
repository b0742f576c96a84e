from odoo import api, fields, models
from odoo.exceptions import UserError

KINDS = [
    ("dossier", "Dossier Printed"),
    ("rectification", "Rectification"),
    ("erasure", "Erasure"),
    ("retention", "Retention Period Over"),
    ("dry_run", "Retention Tried Out"),
]


class CrmPrivacyLog(models.Model):
    """What was done for the rights of the persons whose data are here.

    Names no person: of an erased one only its number stays.
    """

    _name = "crm.privacy.log"
    _description = "Privacy Log"
    _order = "date desc, id desc"
    _rec_name = "kind"
    _log_access = False

    date = fields.Datetime(required=True, readonly=True, default=fields.Datetime.now)
    user_id = fields.Many2one(
        "res.users",
        required=True,
        readonly=True,
        default=lambda self: self.env.user,
        ondelete="restrict",
    )
    kind = fields.Selection(KINDS, required=True, readonly=True, index=True)
    # Plain id: the fact stays when the name is merged or deleted.
    lead_ref = fields.Integer("Name Number", readonly=True, index=True)
    name_count = fields.Integer("Names", readonly=True, default=1)
    reason = fields.Text(readonly=True)
    details = fields.Json(
        "Details by Label",
        readonly=True,
        help="Rows touched, or values before and after.",
    )
    details_text = fields.Text("Details", compute="_compute_details_text")

    @api.depends("details")
    def _compute_details_text(self):
        for row in self:
            row.details_text = "\n".join(
                f"{label}: {value}" for label, value in (row.details or {}).items()
            )

    def write(self, vals):
        """Refuse: a log never changes."""
        if self:
            raise UserError(self.env._("The privacy log can't be changed."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("The privacy log can't be deleted."))

    @api.model
    def _record(self, kind, lead_ref=0, **values):
        """Write one row.

        :param str kind: one of ``KINDS``
        :param int lead_ref: id of the name, if it is about one
        :rtype: crm.privacy.log
        """
        # sudo: the log is closed, whoever does something is written into it
        return self.sudo().create(
            {"kind": kind, "lead_ref": lead_ref, "user_id": self.env.uid, **values}
        )
