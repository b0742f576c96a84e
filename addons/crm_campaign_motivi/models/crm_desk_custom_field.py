from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import escape_psql

from odoo.addons.crm_callcenter.tools.custom_field import CHOICE_TYPES

#: How the browser writes a value that its field doesn't have yet.
NEW_CHOICE = "new:"


class CrmDesk(models.AbstractModel):
    """The custom fields of the name in hand, filled in while talking."""

    _inherit = "crm.desk"

    @api.model
    def _payload(self, claim):
        payload = super()._payload(claim)
        # sudo: see there
        lead = self.env["crm.lead"].sudo().browse(claim["lead_id"])
        return {**payload, **self._payload_custom(lead)}

    @api.model
    def _payload_custom(self, lead):
        """Describe the custom fields of a name, and those that could be added.

        :param crm.lead lead: in sudo
        :return: ``custom_fields`` and ``custom_possible``, lists of dicts
        :rtype: dict
        """
        keys = lead.custom_field_keys or ""
        entries = lead._visible_entries()
        if not entries:
            return {"custom_fields": [], "custom_possible": []}
        entry_model = self.env["crm.custom.field"]
        place = entry_model._place_of(lead._custom_portfolios())
        shown = [row for row in entries if f",f{row[1]['id']}," in keys]
        names = [name for name, _entry, _mode in shown]
        lead.fetch(names)
        lead._warm_links(names)
        choices = self._custom_choices(lead, shown)
        return {
            "custom_fields": [
                self._payload_custom_field(lead, *row, choices.get(row[0], []))
                for row in shown
            ],
            "custom_possible": [
                {"id": entry["id"], "label": entry["label"]}
                for _name, entry, _mode in entries
                if f",f{entry['id']}," not in keys
                and entry_model._applies_to(entry, place)
            ],
        }

    @api.model
    def _custom_choices(self, lead, entries):
        """Return what the operator may choose; inactive values only where chosen.

        :param list entries: as ``_visible_entries`` returns them
        :return: id and name of each value, by technical name
        :rtype: dict[str, list[dict]]
        """
        ids = {
            entry["id"]: name
            for name, entry, _mode in entries
            if entry["field_type"] in CHOICE_TYPES
        }
        if not ids:
            return {}
        # sudo: the values of a choice are no secret
        model = self.env["crm.custom.field.choice"].sudo()
        choices = model.search([("custom_field_id", "in", list(ids))])
        for name in ids.values():
            choices |= lead[name].sudo()
        found = {}
        for choice in choices:
            row = {"id": choice.id, "name": choice.name}
            found.setdefault(ids[choice.custom_field_id.id], []).append(row)
        return found

    @api.model
    def _payload_custom_field(self, lead, name, entry, mode, choices):
        value, field = lead[name], lead._fields[name]
        if field.type == "many2many":
            value = value.ids
        elif field.type == "many2one":
            value = value.id
        elif field.type == "date":
            value = fields.Date.to_string(value)
        elif field.type == "datetime":
            value = fields.Datetime.to_string(value)
        return {
            "name": name,
            "label": entry["label"],
            "help": entry["help_text"] or "",
            "type": entry["field_type"],
            "value": value,
            "shown": lead._show_custom_value(name),
            # A date and time, or a contact, is chosen on the card.
            "readonly": mode == "readonly"
            or entry["field_type"] in ("datetime", "contact"),
            "required": mode == "required",
            "may_add": entry["allow_new_choices"] and mode != "readonly",
            "choices": choices,
        }

    # ------------------------------------------------------------
    # CHANGES
    # ------------------------------------------------------------

    @api.model
    def preview_custom_fields(self, line_id, claim_token, changes):
        """Tell what the custom fields of the name in hand would be; save nothing.

        Like everything that is done on a name, they are saved by CONFIRM alone. Until
        then the browser keeps the changes, and learns here whether they are accepted
        and what is computed from them.

        :param int line_id: of the claim
        :param str claim_token: of the claim
        :param dict changes: see ``_apply_custom``
        :return: the custom fields as they would be, as in the name's payload; a value
            that is new to its field has ``new:`` and its label as id
        :rtype: dict
        :raise UserError: it is no custom field, or its rule refuses the value
        :raise AccessError: the field is closed to the operator
        """
        self._check_operator()
        lead = self._held_line(line_id, claim_token).lead_id.sudo(False)
        savepoint = self.env.cr.savepoint()
        with savepoint:
            known = self._last_choice_id()
            self._apply_custom(lead, changes)
            payload = self._payload_custom(lead.sudo())  # sudo: see ``_payload``
            savepoint.rollback()
        self.env.invalidate_all()
        return _with_new_choices(payload, known)

    @api.model
    def _last_choice_id(self):
        # sudo: only a number, to tell new values from known ones
        choices = self.env["crm.custom.field.choice"].sudo()
        return choices.search([], order="id desc", limit=1).id or 0

    @api.model
    def _apply_custom(self, lead, changes):
        """Write what was changed on custom fields, with the operator's own rights.

        :param crm.lead lead: in hand
        :param dict changes: ``values``, by technical name text, number, bool or ISO
            date, the id of a choice or ``new:`` and the label of a new one, a list of
            those for several, ``False`` to empty it; ``shown``, ids of fields of the
            catalogue that the name shows from now on
        """
        for field_id in changes.get("shown") or ():
            self.env["crm.custom.field.add.wizard"].create(
                {"lead_id": lead.id, "custom_field_id": int(field_id)}
            ).action_add()
        values = {
            name: self._custom_input(name, value)
            for name, value in (changes.get("values") or {}).items()
        }
        if values:
            lead.write(values)
        lead.invalidate_recordset(["custom_field_keys"])

    @api.model
    def _custom_input(self, name, value):
        """Return a value of the browser as ``write`` takes it."""
        entry = self._custom_entry(name)
        if entry["field_type"] == "choices":
            return [
                Command.set([self._choice_id(entry, choice) for choice in value or []])
            ]
        if entry["field_type"] == "choice":
            return self._choice_id(entry, value) if value else False
        if entry["field_type"] in ("integer", "decimal", "amount"):
            return self._custom_number(entry, value)
        return value

    @api.model
    def _choice_id(self, entry, value):
        """Return the id of a value, which is added if it is new to its field.

        :param dict entry: of the catalogue
        :param value: an id, or ``new:`` and a label
        :rtype: int
        """
        if not isinstance(value, str) or not value.startswith(NEW_CHOICE):
            return int(value)
        label = value.removeprefix(NEW_CHOICE).strip()
        if not label:
            raise UserError(self.env._("Enter the value to add."))
        choices = self.env["crm.custom.field.choice"]
        choice = choices.search(
            [
                ("custom_field_id", "=", entry["id"]),
                ("name", "=ilike", escape_psql(label)),
            ],
            limit=1,
        )
        return (
            choice or choices.create({"custom_field_id": entry["id"], "name": label})
        ).id

    @api.model
    def _custom_entry(self, name):
        entry = self.env["crm.custom.field"]._catalogue().get(name)
        if not entry:
            raise UserError(
                self.env._("This field has just been deleted. Reload the page.")
            )
        return entry

    @api.model
    def _custom_number(self, entry, value):
        try:
            number = float(value or 0)
        except (TypeError, ValueError) as error:
            raise UserError(
                self.env._("Enter a number for %(field)s.", field=entry["label"])
            ) from error
        return int(number) if entry["field_type"] == "integer" else number


def _with_new_choices(payload, known):
    """Name the values that a preview has made, which are gone with it, by their label.

    :param dict payload: of custom fields
    :param int known: highest id of a value that stays
    :rtype: dict
    """
    for field in payload["custom_fields"]:
        labels = {
            choice["id"]: f"{NEW_CHOICE}{choice['name']}"
            for choice in field["choices"]
            if choice["id"] > known
        }
        for choice in field["choices"]:
            choice["id"] = labels.get(choice["id"], choice["id"])
        if field["type"] == "choices":
            field["value"] = [labels.get(value, value) for value in field["value"]]
        elif field["type"] == "choice":
            field["value"] = labels.get(field["value"], field["value"])
    return payload
