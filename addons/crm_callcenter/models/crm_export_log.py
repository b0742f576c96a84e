from odoo import api, fields, models
from odoo.exceptions import UserError

#: Context key with the search of an export, as JSON text.
SEARCH_KEY = "callcenter_export_search"
#: Models whose rows are names, or say something of one.
NAME_MODELS = frozenset(
    (
        "crm.lead",
        "res.partner",
        "crm.interaction",
        "crm.call",
        "crm.consent",
        "crm.phone.number",
        "crm.lead.contact",
        "crm.lead.site",
        "phone.blacklist",
    )
)
#: Numbers of records written into the log when single rows were chosen.
_SAMPLE = 1000


class CrmExportLog(models.Model):
    """Who took names out of the system: with which search, which fields, how many."""

    _name = "crm.export.log"
    _description = "Export Log"
    _order = "date desc, id desc"
    _rec_name = "model_name"
    _log_access = False

    date = fields.Datetime(
        required=True, readonly=True, default=fields.Datetime.now, index=True
    )
    user_id = fields.Many2one(
        "res.users",
        required=True,
        readonly=True,
        default=lambda self: self.env.user,
        ondelete="restrict",
    )
    model_name = fields.Char("Model", required=True, readonly=True)
    search_domain = fields.Text(
        "Search",
        readonly=True,
        help="The search that was exported; empty for chosen rows.",
    )
    record_refs = fields.Text(
        "Chosen Rows",
        readonly=True,
        help="Numbers of the rows that were chosen, the first thousand.",
    )
    field_names = fields.Text("Fields", required=True, readonly=True)
    row_count = fields.Integer("Rows", required=True, readonly=True)

    def write(self, vals):
        """Refuse: a log never changes."""
        if self:
            raise UserError(self.env._("The export log can't be changed."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("The export log can't be deleted."))

    @api.model
    def _record(self, records, field_names):
        """Write one row about an export.

        :param records: what is exported
        :param list field_names: as given to ``export_data``
        :rtype: crm.export.log
        """
        search = self.env.context.get(SEARCH_KEY)
        return self._note(
            records._name,
            field_names,
            len(records),
            search=search if isinstance(search, str) else None,
            refs=() if search else records.ids,
        )

    @api.model
    def _note(self, model_name, field_names, count, search=None, refs=()):
        """Write one row about what somebody took out in whatever way.

        :param str model_name: whose rows
        :param list field_names: what of them, or in which form
        :param int count: how many rows
        :param str search: the domain that was exported
        :param list refs: ids of rows that were chosen one by one
        :rtype: crm.export.log
        """
        # sudo: the log is closed, whoever exports is written into it
        return self.sudo().create(
            {
                "user_id": self.env.uid,
                "model_name": model_name,
                "search_domain": search or False,
                "record_refs": ", ".join(map(str, refs[:_SAMPLE])) or False,
                "field_names": ", ".join(field_names) or "-",
                "row_count": count,
            }
        )


class Base(models.AbstractModel):
    """Every export of names is logged, also through a model that links them."""

    _inherit = "base"

    def export_data(self, fields_to_export):
        result = super().export_data(fields_to_export)
        if self._exports_names(fields_to_export):
            self.env["crm.export.log"]._record(self, fields_to_export)
        return result

    @api.model
    def _exports_names(self, field_names):
        """Tell whether these fields say something of names.

        :param list field_names: paths with slashes, as the export wants them
        :rtype: bool
        """
        if self._name in self._logged_models():
            return True
        return any(self._path_reaches_name(path) for path in field_names)

    @api.model
    def _logged_models(self):
        """Return the models whose exports are logged; addons add theirs.

        :rtype: frozenset
        """
        return NAME_MODELS

    @api.model
    def _path_reaches_name(self, path):
        model = self
        for step in path.replace(".", "/").split("/"):
            field = model._fields.get(step)
            if field is None or not field.relational:
                return False
            model = self.env[field.comodel_name]
            if model._name in self._logged_models() - {"res.partner"}:
                return True
            if model._name == "res.partner" and "/" in path:
                return True
        return False
