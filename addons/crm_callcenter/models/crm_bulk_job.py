from ast import literal_eval

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

#: Kinds that leave blocked names as they are.
_WITHOUT_BLOCKED = ("outcome", "process")
#: The people of a name, by the field of the job that says whom it gets.
PEOPLE = {
    "salesperson_id": "user_id",
    "contact_user_id": "contact_user_id",
    "technician_id": "technician_id",
}


class CrmBulkJob(models.Model):
    """One change to many names, chosen in their list: its log, and the work itself."""

    _name = "crm.bulk.job"
    _description = "Bulk Operation"
    _inherit = ["crm.names.job.mixin"]
    _order = "id desc"

    kind = fields.Selection(
        [
            ("outcome", "Register an outcome"),
            ("people", "Assign people"),
            ("state", "Change the commercial state"),
            ("process", "Open a process"),
        ],
        "Operation",
        required=True,
        readonly=True,
    )
    domain = fields.Text("Names", required=True, readonly=True, default="[]")
    note = fields.Text(readonly=True)
    activity_type_id = fields.Many2one(
        "mail.activity.type", "Type", readonly=True, ondelete="restrict"
    )
    outcome_id = fields.Many2one("crm.outcome", readonly=True, ondelete="restrict")
    commercial_state_id = fields.Many2one(
        "crm.commercial.state", readonly=True, ondelete="restrict"
    )
    process_id = fields.Many2one("crm.process", readonly=True, ondelete="restrict")
    sets_salesperson = fields.Boolean("Changes the Salesperson", readonly=True)
    salesperson_id = fields.Many2one("res.users", readonly=True, ondelete="restrict")
    sets_contact_user = fields.Boolean("Changes the Contact Person", readonly=True)
    contact_user_id = fields.Many2one(
        "res.users", "Contact Person", readonly=True, ondelete="restrict"
    )
    sets_technician = fields.Boolean("Changes the Technician", readonly=True)
    technician_id = fields.Many2one("res.users", readonly=True, ondelete="restrict")

    @api.depends("kind")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for job in self:
            job.display_name = f"{kinds.get(job.kind, '')} ({job.id})"

    def _job_trigger(self):
        # sudo: waking up a scheduled action needs no right to change it
        self.env.ref("crm_callcenter.ir_cron_bulk_jobs").sudo()._trigger()

    def _job_domain(self):
        return Domain(literal_eval(self.domain))

    def _job_process(self, leads):
        chosen = leads
        if self.kind in _WITHOUT_BLOCKED:
            chosen = leads.filtered_domain(
                [("commercial_state_class", "!=", "blocked")]
            )
        return getattr(self, f"_process_{self.kind}")(chosen), len(leads)

    def _process_outcome(self, leads):
        return leads._register_outcome_batch(
            self.outcome_id, self.activity_type_id, note=self.note
        )

    def _process_people(self, leads):
        return leads._assign_people_batch(self._people())

    def _process_state(self, leads):
        if not self.commercial_state_id.active:
            raise UserError(
                self.env._(
                    "The state %(state)s is no longer in use. Choose another one.",
                    state=self.commercial_state_id.name,
                )
            )
        return leads._correct_state(self.commercial_state_id, note=self.note)

    def _process_process(self, leads):
        return leads._open_process_by_hand(self.process_id, note=self.note)

    def _people(self):
        """Return whom the names get, by field of the name; what stays is left out.

        :rtype: dict[str, res.users]
        """
        switches = ("sets_salesperson", "sets_contact_user", "sets_technician")
        return {
            field: self[name]
            for switch, (name, field) in zip(switches, PEOPLE.items(), strict=True)
            if self[switch]
        }

    def _job_failed(self):
        """Tell whoever started it."""
        # sudo: a message of the system
        self.env["mail.thread"].sudo().message_notify(
            partner_ids=self.user_id.partner_id.ids,
            subject=self.env._("%(job)s failed", job=self.display_name),
            body=self.error,
            model=self._name,
            res_id=self.id,
        )
