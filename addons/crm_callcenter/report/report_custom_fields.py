from odoo import api, models


class ReportCustomFields(models.AbstractModel):
    """What the sheet of a name shows: its printable fields, group by group."""

    _name = "report.crm_callcenter.report_custom_fields"
    _description = "Sheet of a Name"

    _records_of = "crm.lead"

    @api.model
    def _get_report_values(self, docids, data=None):
        data = data or {}
        records = self.env[self._records_of].browse(data.get("ids") or docids)
        records.check_access("read")
        names = [name for name, _entry, _mode in records._visible_entries()]
        records.fetch(names)
        records._warm_links(names)
        sections = {
            record.id: self._sections(record, data.get("group_ids"))
            for record in records
        }
        return {
            "doc_ids": records.ids,
            "doc_model": self._records_of,
            "docs": records,
            "sections": sections,
            "values": {
                record.id: {
                    name: record._show_custom_value(name)
                    for _heading, rows in sections[record.id]
                    for name, _label in rows
                }
                for record in records
            },
        }

    @api.model
    def _sections(self, record, group_ids=None):
        """Return the printable fields of a record under their headings.

        :param list group_ids: of the groups to print; all when empty
        :return: pairs of heading and list of (technical name, label)
        :rtype: list[tuple]
        """
        keys = record.custom_field_keys or ""
        sections = {}
        for name, entry, _mode in record._visible_entries():
            if (
                entry["is_printable"]
                and f",f{entry['id']}," in keys
                and (not group_ids or entry["group"] in group_ids)
            ):
                sections.setdefault(entry["group"], []).append((name, entry["label"]))
        # sudo: headings are no secret
        groups = self.env["crm.custom.field.group"].sudo()
        return [
            (groups.browse(group_id).name if group_id else "", rows)
            for group_id, rows in sections.items()
        ]


class ReportCustomFieldsPartner(models.AbstractModel):
    """The same sheet for a customer."""

    _name = "report.crm_callcenter.report_custom_fields_partner"
    _inherit = "report.crm_callcenter.report_custom_fields"
    _description = "Sheet of a Customer"

    _records_of = "res.partner"
