from odoo import api, fields, models
from odoo.exceptions import AccessError

#: Fields of the name that its line shows, by the field of the line.
NAME_FIELDS = {
    "lead_name": "name",
    "lead_contact_name": "contact_name",
    "lead_partner_name": "partner_name",
    "lead_phone": "phone",
    "lead_mobile": "mobile",
    "lead_phone_second": "phone_second",
    "lead_email": "email_from",
    "lead_street": "street",
    "lead_zip": "zip",
    "lead_city": "city",
}


class CrmCallListLine(models.Model):
    """The operators' list: the fields of the name beside its state in the list.

    They are read from the name and never copied. What is changed in the list is
    written on the name, with the rights of whoever changes it; the line itself stays
    closed to everybody.
    """

    _inherit = "crm.call.list.line"

    lead_name = fields.Char(related="lead_id.name", string="Title of the Name")
    lead_contact_name = fields.Char(related="lead_id.contact_name", readonly=False)
    lead_partner_name = fields.Char(
        related="lead_id.partner_name", string="Company", readonly=False
    )
    lead_phone = fields.Char(readonly=False)
    lead_mobile = fields.Char(readonly=False)
    lead_phone_second = fields.Char(
        related="lead_id.phone_second", string="Second Phone", readonly=False
    )
    lead_email = fields.Char(related="lead_id.email_from", readonly=False)
    lead_street = fields.Char(related="lead_id.street", readonly=False)
    lead_zip = fields.Char(related="lead_id.zip", readonly=False)
    lead_city = fields.Char(readonly=False)
    lead_province_id = fields.Many2one(related="lead_id.state_id", string="Province")
    lead_commercial_state_id = fields.Many2one(related="lead_id.commercial_state_id")

    @api.model
    def _name_fields(self):
        """Return the fields of the name that its line shows, by the field of the line.

        :rtype: dict[str, str]
        """
        return dict(NAME_FIELDS)

    def web_save(self, vals, specification, next_id=None):
        """Write what was changed in the list on the name.

        :param dict vals: fields of ``_name_fields`` only
        :param dict specification: what the web client reads afterwards
        :param int next_id: the line that it reads instead of this one
        :return: the line as it is now
        :rtype: list[dict]
        :raise AccessError: a field is not of the name, or the user may not write it
        """
        self.check_access("read")
        known = self._name_fields()
        closed = set(vals) - set(known)
        if closed or not self:
            raise AccessError(
                self.env._(
                    "Only what describes the name can be changed in the list. Its state"
                    " follows from outcomes."
                )
            )
        self.lead_id.write({known[name]: vals[name] for name in vals})
        line = self.browse(next_id) if next_id else self
        return line.with_context(bin_size=True).web_read(specification)

    @api.model
    def _get_view_cache_key(self, view_id=None, view_type="form", **options):
        key = super()._get_view_cache_key(view_id, view_type, **options)
        return (*key, *sorted(self._editable_name_fields()))

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        """Open those columns that the user may change on a name."""
        arch, view = super()._get_view(view_id, view_type, **options)
        if view_type == "list" and arch.get("js_class") == "call_list_lines":
            editable = self._editable_name_fields()
            for node in arch.xpath("./field"):
                if node.get("name") not in editable:
                    node.set("readonly", "1")
        return arch, view

    @api.model
    def _editable_name_fields(self):
        """Return the columns that the current user may change.

        :rtype: set[str]
        """
        leads = self.env["crm.lead"]
        if not leads.has_access("write"):
            return set()
        if not self.env.user._is_restricted_operator():
            return set(self._name_fields())
        main = leads._operator_editable_fields()
        return {column for column, name in self._name_fields().items() if name in main}
