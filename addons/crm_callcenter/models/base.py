from collections import defaultdict

from odoo import api, models
from odoo.exceptions import AccessError
from odoo.fields import Command

#: Models of which somebody who sees own work only may see some records.
OWN_WORK_MODELS = frozenset(("crm.lead", "res.partner", "calendar.event"))

_X2MANY = ("one2many", "many2many")


class Base(models.AbstractModel):
    """Who sees own work only links only what it may see.

    Odoo shows the name of a linked record to whoever reads the link, whatever the
    rules of that record say, and an onchange copies phones and addresses from it.
    Whoever could put any number into a link could page through all names with it.
    """

    _inherit = "base"

    @api.model_create_multi
    def create(self, vals_list):
        self._check_own_work_links(vals_list)
        return super().create(vals_list)

    def write(self, vals):
        self._check_own_work_links([vals])
        return super().write(vals)

    def onchange(self, values, field_names, fields_spec):
        self._check_own_work_links([values])
        return super().onchange(values, field_names, fields_spec)

    def _check_own_work_links(self, vals_list):
        """Refuse values that link what the current user may not read.

        :param list vals_list: as given to ``create``, or by a form
        :raise AccessError: one of them does
        """
        if self.env.su or not self.env.user._may_link_only_what_it_sees():
            return
        defaults = {
            key.removeprefix("default_"): value
            for key, value in self.env.context.items()
            if key.startswith("default_")
        }
        for vals in (*vals_list, defaults):
            for name, value in vals.items():
                field = self._fields.get(name)
                if field is not None and value:
                    self._check_own_work_link(field, value)

    def _check_own_work_link(self, field, value):
        """Check one value; see ``_check_own_work_links``."""
        if field.type in _X2MANY and isinstance(value, (list, tuple)):
            for command in value:
                if isinstance(command, (list, tuple)) and command[0] in (
                    Command.CREATE,
                    Command.UPDATE,
                ):
                    self.env[field.comodel_name]._check_own_work_links([command[2]])
        for model_name, ids in self._linked_ids(field, value).items():
            if model_name not in OWN_WORK_MODELS:
                continue
            # sudo: whether they exist at all
            records = self.env[model_name].sudo().browse(ids).exists().sudo(False)
            hidden = records - records._filtered_access("read")
            if any(not self._is_linked_already(field, record) for record in hidden):
                raise AccessError(
                    self.env._(
                        "You may not use this record in %(field)s: it is not part of"
                        " your work.",
                        field=field._description_string(self.env),
                    )
                )

    def _is_linked_already(self, field, record):
        """Tell whether a record that one may not read stands in the field anyway."""
        if len(self) != 1 or not self.id or field.type == "reference":
            return False
        # sudo: the cache of a relation may hold only what the user may read
        link = [("id", "=", self.id), (field.name, "in", record.ids)]
        return bool(
            field._description_searchable
            and self.sudo().with_context(active_test=False).search_count(link)
        )

    @api.model
    def _linked_ids(self, field, value):
        """Return the ids that a value given to a field names, by model.

        :rtype: dict[str, set[int]]
        """
        found = defaultdict(set)
        if field.type == "many2one" and field.comodel_name in OWN_WORK_MODELS:
            value = value.get("id") if isinstance(value, dict) else value
            found[field.comodel_name].update([value])
        elif field.type in _X2MANY and field.comodel_name in OWN_WORK_MODELS:
            for command in value:
                if not isinstance(command, (list, tuple)):
                    found[field.comodel_name].update([command])
                elif command[0] == Command.SET:
                    found[field.comodel_name].update(command[2])
                elif command[0] in (Command.LINK, Command.UPDATE):
                    found[field.comodel_name].add(command[1])
        elif field.type == "reference" and isinstance(value, str):
            model_name, _comma, record_id = value.partition(",")
            if record_id.isdigit():
                found[model_name].add(int(record_id))
        return {
            model_name: {
                int(getattr(record, "id", record) or 0)
                for record in ids
                if isinstance(getattr(record, "id", record), int)
            }
            for model_name, ids in found.items()
        }
