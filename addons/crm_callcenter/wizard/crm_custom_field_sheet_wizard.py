from odoo import fields, models
from odoo.exceptions import UserError


class CrmCustomFieldSheetWizard(models.TransientModel):
    """Prints the custom fields of names or customers, group by group."""

    _name = "crm.custom.field.sheet.wizard"
    _description = "Print the Sheet of a Name"

    group_ids = fields.Many2many(
        "crm.custom.field.group",
        string="Groups",
        help="What is printed. Left empty, all groups are.",
    )

    def action_print(self):
        """Print the sheet of the records chosen in the list or form.

        :return: the action of the report
        :rtype: dict
        :raise UserError: nothing is chosen
        """
        self.ensure_one()
        model_name = self.env.context.get("active_model")
        if model_name not in ("crm.lead", "res.partner"):
            raise UserError(self.env._("Open a name or a customer to print its sheet."))
        records = self.env[model_name].browse(self.env.context.get("active_ids", []))
        kind = "lead" if model_name == "crm.lead" else "partner"
        report = self.env.ref(f"crm_callcenter.action_report_custom_fields_{kind}")
        return report.report_action(
            records, data={"ids": records.ids, "group_ids": self.group_ids.ids}
        )
