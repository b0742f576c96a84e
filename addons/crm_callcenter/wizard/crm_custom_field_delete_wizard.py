import csv
import io

from odoo import api, fields, models
from odoo.tools import SQL

#: Rows of an export that are fetched at a time.
FETCHED_ROWS = 10_000


class CrmCustomFieldDeleteWizard(models.TransientModel):
    """Asks what becomes of the data of a field before it is deleted."""

    _name = "crm.custom.field.delete.wizard"
    _description = "Delete a Custom Field"

    custom_field_id = fields.Many2one(
        "crm.custom.field", required=True, readonly=True, ondelete="cascade"
    )
    lead_count = fields.Integer("Names With a Value", compute="_compute_counts")
    partner_count = fields.Integer("Customers With a Value", compute="_compute_counts")
    data = fields.Selection(
        [
            ("export", "Export it first, then delete the field"),
            ("forget", "Delete it together with the field"),
        ],
        "What Becomes of the Data",
        default="export",
        required=True,
    )

    @api.depends("custom_field_id")
    def _compute_counts(self):
        for wizard in self:
            field = wizard.custom_field_id
            wizard.lead_count = field._count_values("crm.lead")
            wizard.partner_count = field._count_values("res.partner")

    def action_delete(self):
        """Delete the field; download its data first if that was chosen.

        :return: the download, or the action that goes back to the catalogue
        :rtype: dict
        """
        self.ensure_one()
        field = self.custom_field_id
        field.check_access("unlink")
        attachment = self._export() if self.data == "export" else None
        field._delete()
        if attachment:
            return {
                "type": "ir.actions.act_url",
                "url": f"/web/content/{attachment.id}?download=true",
                "target": "self",
            }
        return self.env["ir.actions.act_window"]._for_xml_id(
            "crm_callcenter.crm_custom_field_action"
        )

    def _export(self):
        """Write the values into a file that hangs on the field.

        :rtype: ir.attachment
        """
        field = self.custom_field_id
        stream = io.StringIO()
        writer = csv.writer(stream, delimiter=";")
        writer.writerow(
            [
                self.env._("Kind"),
                self.env._("ID"),
                self.env._("Name"),
                self.env._("Phone"),
                field.label,
            ]
        )
        count = 0
        for kind, model_name in (
            (self.env._("Name"), "crm.lead"),
            (self.env._("Customer"), "res.partner"),
        ):
            for row in self._rows(model_name):
                writer.writerow([kind, *row])
                count += 1
        attachment = self.env["ir.attachment"].create(
            {
                "name": f"{field.name}.csv",
                "raw": stream.getvalue().encode("utf-8-sig"),
                "mimetype": "text/csv",
                "res_model": field._name,
                "res_id": field.id,
            }
        )
        self.env["crm.export.log"]._note(
            "crm.lead", ["name", "phone", field.name], count, search="[]"
        )
        field.message_post(
            body=self.env._("%(count)s values exported, then deleted.", count=count),
            attachment_ids=attachment.ids,
        )
        return attachment

    def _rows(self, model_name):
        """Yield id, name, phone and value of each record that has one."""
        model, field = self.env[model_name], self.custom_field_id
        model.flush_model([field.name])
        last = 0
        while True:
            rows = self.env.execute_query(
                SQL(
                    """SELECT row.id, row.name, row.phone, %(value)s AS value
                         FROM %(table)s AS row
                        WHERE row.id > %(last)s AND %(filled)s
                     ORDER BY row.id LIMIT %(limit)s""",
                    value=self._sql_value(model),
                    table=SQL.identifier(model._table),
                    last=last,
                    filled=field._sql_is_filled(model),
                    limit=FETCHED_ROWS,
                )
            )
            if not rows:
                return
            yield from rows
            last = rows[-1][0]

    def _sql_value(self, model):
        """Return the expression of a value as people read it."""
        field = self.custom_field_id
        column = SQL("row.%s", SQL.identifier(field.name))
        if field.field_type == "choice":
            return SQL(
                "(SELECT name FROM crm_custom_field_choice c WHERE c.id = %s)", column
            )
        if field.field_type == "contact":
            return SQL("(SELECT name FROM res_partner c WHERE c.id = %s)", column)
        if field.field_type == "choices":
            relation = model._fields[field.name]
            return SQL(
                """(SELECT string_agg(c.name, ', ' ORDER BY c.sequence, c.id)
                      FROM %s rel JOIN crm_custom_field_choice c ON c.id = rel.%s
                     WHERE rel.%s = row.id)""",
                SQL.identifier(relation.relation),
                SQL.identifier(relation.column2),
                SQL.identifier(relation.column1),
            )
        return column
