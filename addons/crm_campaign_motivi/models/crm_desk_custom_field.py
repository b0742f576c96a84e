from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from odoo.addons.crm_callcenter.tools.custom_field import CHOICE_TYPES


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

    @api.model
    def set_custom_field(self, line_id, claim_token, name, value):
        """Write a custom field of the name in hand, with the operator's own rights.

        :param int line_id: of the claim
        :param str claim_token: of the claim
        :param str name: technical name of the field
        :param value: text, number, bool or ISO date; id of a choice, list of ids of
            several; False empties it
        :return: the custom fields as they are now, as in the name's payload
        :rtype: dict
        :raise UserError: it is no custom field, or its rule refuses the value
        :raise AccessError: the field is closed to the operator
        """
        lead = self._custom_lead(line_id, claim_token)
        entry = self._custom_entry(name)
        if entry["field_type"] == "choices":
            value = [Command.set([int(choice) for choice in value or []])]
        elif entry["field_type"] == "choice":
            value = int(value) if value else False
        elif entry["field_type"] in ("integer", "decimal", "amount"):
            value = self._custom_number(entry, value)
        lead.write({name: value})
        return self._payload_custom(lead.sudo())  # sudo: see ``_payload``

    @api.model
    def add_custom_choice(self, line_id, claim_token, name, label):
        """Add a value to a choice, where its field allows it, and give it to the name.

        :param str name: technical name of the field
        :param str label: of the new value
        :return: see ``set_custom_field``
        :rtype: dict
        """
        lead = self._custom_lead(line_id, claim_token)
        entry, label = self._custom_entry(name), (label or "").strip()
        if not label:
            raise UserError(self.env._("Enter the value to add."))
        choices = self.env["crm.custom.field.choice"]
        known = choices.search(
            [("custom_field_id", "=", entry["id"]), ("name", "=ilike", label)], limit=1
        )
        choice = known or choices.create(
            {"custom_field_id": entry["id"], "name": label}
        )
        several = entry["field_type"] == "choices"
        lead.write({name: [Command.link(choice.id)] if several else choice.id})
        return self._payload_custom(lead.sudo())  # sudo: see ``_payload``

    @api.model
    def show_custom_field(self, line_id, claim_token, field_id):
        """Show a field of the catalogue on the name in hand from now on.

        :param int field_id: of the catalogue
        :return: see ``set_custom_field``
        :rtype: dict
        """
        lead = self._custom_lead(line_id, claim_token)
        self.env["crm.custom.field.add.wizard"].create(
            {"lead_id": lead.id, "custom_field_id": int(field_id)}
        ).action_add()
        lead.invalidate_recordset(["custom_field_keys"])
        return self._payload_custom(lead.sudo())  # sudo: see ``_payload``

    @api.model
    def _custom_lead(self, line_id, claim_token):
        """Return the name in hand with the operator's own rights."""
        self._check_operator()
        return self._held_line(line_id, claim_token).lead_id.sudo(False)

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
