from odoo import api, fields, models
from odoo.tools import SQL


class CrmListImportRow(models.Model):
    """Which new names nobody has changed since their import but the system itself."""

    _inherit = "crm.list.import.row"

    system_date = fields.Datetime(
        "Changed by the System On",
        readonly=True,
        help="The name's last change, if only the system has changed it since: it was"
        " normalised or linked to its customer.",
    )

    @api.model
    def _untouched(self, lead_ids, list_import=None):
        """Return which imported names nobody has changed since.

        :param list lead_ids: ids of ``crm.lead``
        :param crm.list.import list_import: only names that this import made
        :rtype: list[int]
        """
        self.env["crm.lead"].flush_model(["write_date"])
        rows = self.env.execute_query(
            SQL(
                """SELECT lead.id
                     FROM crm_list_import_row row
                     JOIN crm_lead lead ON lead.id = row.lead_id
                    WHERE row.lead_id = ANY(%s) AND row.state = 'accepted' %s
                      AND lead.write_date IN (lead.create_date, row.system_date)""",
                list(lead_ids),
                self._of_import_sql(list_import),
            )
        )
        return [lead_id for (lead_id,) in rows]

    @api.model
    def _note_system_change(self, lead_ids, list_import=None):
        """Note that the last change of some names was the system's.

        :param list lead_ids: names that nobody had changed before
        :param crm.list.import list_import: for this import alone; for others it was
            somebody's change
        """
        if not lead_ids:
            return
        self.env["crm.lead"].flush_model()
        self.env.cr.execute(
            SQL(
                """UPDATE crm_list_import_row row SET system_date = lead.write_date
                     FROM crm_lead lead
                    WHERE row.lead_id = lead.id AND row.lead_id = ANY(%s)
                      AND row.state = 'accepted' %s
                      AND lead.write_date IS DISTINCT FROM lead.create_date""",
                list(lead_ids),
                self._of_import_sql(list_import),
            )
        )
        self.invalidate_model(["system_date"])

    @api.model
    def _of_import_sql(self, list_import):
        """Return the condition that a ``row`` is one of an import, if one is given.

        :param crm.list.import list_import: the import, or ``None``
        :rtype: SQL
        """
        return SQL("AND row.import_id = %s", list_import.id) if list_import else SQL()


class CrmDedup(models.AbstractModel):
    """A link that the search for duplicates makes is no change of somebody's."""

    _inherit = "crm.dedup"

    @api.model
    def _write_customers(self, partner_by_lead):
        # sudo: of rows only that they changed is noted, whoever links
        rows = self.env["crm.list.import.row"].sudo()
        untouched = rows._untouched(partner_by_lead)
        linked = super()._write_customers(partner_by_lead)
        return linked.with_context(untouched_names=untouched)

    @api.model
    def _after_link(self, leads, reasons):
        result = super()._after_link(leads, reasons)
        # sudo: as above
        rows = self.env["crm.list.import.row"].sudo()
        rows._note_system_change(leads.env.context.get("untouched_names"))
        return result
