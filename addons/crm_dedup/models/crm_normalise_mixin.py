from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.normaliser import province_code

#: Fields that hints are about, where the model has them.
HINTED = (
    "contact_name",
    "partner_name",
    "phone",
    "mobile",
    "phone_second",
    "email_from",
    "email",
    "fiscal_code",
    "vat_number",
    "street",
    "street2",
    "city",
    "zip",
    "state_id",
    "country_id",
    "birth_date",
)


class CrmNormaliseMixin(models.AbstractModel):
    """Forms of names and customers: values in one way, hints of one click, originals.

    Plain ``create`` and ``write`` leave values as they are.
    """

    _name = "crm.normalise.mixin"
    _description = "Values Written in One Way"
    #: Model of the values as they were written.
    _original_model = ""

    value_hints = fields.Json(
        "To Be Checked",
        compute="_compute_value_hints",
        help="Values that can't be right, and what would put them right.",
    )
    written_originals = fields.Json(
        "As It Was Written", compute="_compute_written_originals"
    )

    # ------------------------------------------------------------
    # WHAT A FORM HAS
    # ------------------------------------------------------------

    def _hinted_fields(self):
        """Return the fields of this model that are checked.

        :rtype: list[str]
        """
        return [name for name in HINTED if name in self._fields]

    def _values_to_normalise(self, names):
        """Return values of this record as the normaliser takes them.

        :param names: fields; provinces and countries become their codes
        :rtype: dict
        """
        self.ensure_one()
        values = {"country": self.country_id.code or ""}
        for name in names:
            if name == "state_id":
                values["province"] = self.state_id.code or ""
            elif name == "birth_date":
                values[name] = self.birth_date or None
            elif name != "country_id":
                values[name] = self[name] or ""
        return values

    def _normalise_form(self, names):
        """Put fields of a form right that somebody just typed.

        :param names: fields; ``state_id`` for the province
        """
        self.ensure_one()
        normaliser = self.env["crm.normaliser"]._normaliser("form")
        if not normaliser.parts:
            return
        written = self._values_to_normalise(names)
        if (written["country"] or normaliser.country) != "IT":
            return
        found = normaliser.normalise(written).values
        for name in names:
            if name == "state_id":
                state_id = (
                    self.env["crm.normaliser"]
                    ._ids_of_provinces()
                    .get(found.get("province"))
                )
                if state_id and state_id != self.state_id.id:
                    self.state_id = state_id
            elif name in written and found[name] != written[name]:
                self[name] = found[name]

    def _normalise_form_name(self, name):
        """Put a name right that is all in capitals or all small; others are meant."""
        text = self[name] or ""
        if text.isupper() or text.islower():
            self._normalise_form([name])

    # ------------------------------------------------------------
    # HINTS
    # ------------------------------------------------------------

    @api.depends(lambda self: self._hinted_fields())
    def _compute_value_hints(self):
        normaliser = self.env["crm.normaliser"]._normaliser("form")
        names = self._hinted_fields()
        for record in self:
            record.value_hints = (
                record._make_hints(normaliser, names) if normaliser.parts else False
            )

    def _make_hints(self, normaliser, names):
        """Return what the form says of values that can't be right.

        :rtype: list[dict] | bool
        """
        written = self._values_to_normalise(names)
        if (written["country"] or normaliser.country) != "IT":
            return False
        found = normaliser.normalise(written)
        sentences = self._hint_sentences()
        hints = []
        for code, name, text in found.remarks:
            ways = found.suggestions.pop(name, [])
            hints.append(self._make_hint(name, sentences[code], text, ways))
        # A town that is none, but has a postcode that exists: a hamlet, or a slip.
        for name, ways in found.suggestions.items():
            text = written.get(name) or ""
            hints.append(self._make_hint(name, sentences["suggestion"], text, ways))
        return [hint for hint in hints if hint["text"]] or False

    def _make_hint(self, name, sentence, text, ways):
        own = "state_id" if name == "province" else name
        label = self._fields[own]._description_string(self.env)
        open_to_me = self._hints_open_to_me()
        return {
            "field": own,
            "text": sentence % {"field": label, "written": text},
            "ways": [
                {"label": self._way_label(way), "values": values}
                for way in ways
                if (values := self._way_values(way)) and set(values) <= open_to_me
            ],
        }

    def _hints_open_to_me(self):
        """Return the fields that the current user may change.

        :rtype: set[str]
        """
        return set(self._hinted_fields())

    def _way_label(self, way):
        if "city" in way:
            town = " ".join(filter(None, (way.get("zip"), way["city"])))
            return f"{town} ({way['province']})" if way.get("province") else town
        return ", ".join(str(value) for value in way.values())

    def _way_values(self, way):
        """Return the values of one suggestion as a form of the web client sets them."""
        values = {
            name: value
            for name, value in way.items()
            if name != "province" and name in self._fields
        }
        state_id = (
            self.env["crm.normaliser"]._ids_of_provinces().get(way.get("province"))
        )
        if state_id:
            # sudo: the name of a province is no secret
            state = self.env["res.country.state"].sudo().browse(state_id)
            values["state_id"] = {"id": state.id, "display_name": state.display_name}
        return values

    def _hint_sentences(self):
        """Return what is said of each remark of the normaliser, by its code."""
        return {
            "placeholder_name": self.env._("%(field)s: nobody is called %(written)s."),
            "phone_with_text": self.env._(
                "%(field)s: %(written)s holds more than one number."
            ),
            "unreadable_phone": self.env._(
                "%(field)s: no number can be read in %(written)s."
            ),
            "unreadable_email": self.env._("%(field)s: %(written)s is no address."),
            "placeholder_email": self.env._(
                "%(field)s: nobody reads mail at %(written)s."
            ),
            "misspelt_email": self.env._(
                "%(field)s: %(written)s looks misspelt. Did you mean"
            ),
            "bad_code": self.env._(
                "%(field)s: %(written)s is not valid, a character is missing or wrong."
            ),
            "code_of_another_name": self.env._(
                "%(field)s: %(written)s is not the code of somebody with this name."
            ),
            "code_of_another_day": self.env._(
                "%(field)s: %(written)s says another day of birth."
            ),
            "unknown_province": self.env._(
                "%(field)s: there is no province %(written)s."
            ),
            "unknown_city": self.env._(
                "%(field)s: there is no municipality %(written)s."
            ),
            "ambiguous_city": self.env._(
                "%(field)s: there are several municipalities %(written)s. Which one?"
            ),
            "other_province": self.env._(
                "%(field)s: the municipality is not in %(written)s, but in"
            ),
            "other_zip": self.env._(
                "%(field)s: %(written)s belongs to another municipality."
            ),
            "unknown_zip": self.env._("%(field)s: %(written)s is not in use."),
            "generic_zip": self.env._(
                "%(field)s: %(written)s names the whole town, which has one for each"
                " quarter."
            ),
            "suggestion": self.env._("%(field)s: did you mean"),
        }

    # ------------------------------------------------------------
    # AS IT WAS WRITTEN
    # ------------------------------------------------------------

    @api.depends(lambda self: self._hinted_fields())
    def _compute_written_originals(self):
        # sudo: who sees a value may see how it was written
        originals = (
            self.env[self._original_model].sudo()._originals_of(self._origin.ids)
        )
        for record in self:
            written = originals.get(record._origin.id)
            record.written_originals = (
                record._describe_originals(written) if written else False
            )

    def _describe_originals(self, written):
        """Return the values that differ from what was written.

        :param dict written: by field, as it is kept
        :rtype: list[dict] | bool
        """
        rows = []
        open_to_me = self._hints_open_to_me()
        for name, text in sorted(written.items()):
            own = "state_id" if name == "province" else name
            if own not in self._fields:
                continue
            current, text = self._current_text(own), self._original_text(own, text)
            if current != text:
                label = self._fields[own]._description_string(self.env)
                rows.append(
                    {
                        "field": name,
                        "label": label,
                        "written": text,
                        "may_restore": own in open_to_me or own == "name",
                    }
                )
        return rows or False

    def _current_text(self, name):
        value = self[name]
        if isinstance(value, models.BaseModel):
            return value.display_name or ""
        return str(value or "")

    def _original_text(self, name, value):
        if name == "state_id" and isinstance(value, int):
            # sudo: the name of a province is no secret
            return self.env["res.country.state"].sudo().browse(value).display_name
        return str(value)

    def action_restore_original(self, name):
        """Button: write a field again as it was written in its source.

        :param str name: of the field, as ``written_originals`` names it
        :raise UserError: nothing is kept for it
        """
        self.ensure_one()
        self.check_access("write")
        # sudo: who sees a value may see how it was written
        originals = self.env[self._original_model].sudo()._originals_of(self.ids)
        written = originals.get(self.id, {}).get(name)
        own = "state_id" if name == "province" else name
        if not written or own not in {*self._hinted_fields(), "name"}:
            raise UserError(
                self.env._("Nothing is known of how this was written. Reload the page.")
            )
        if own == "state_id" and not isinstance(written, int):
            written = self._province_id_of(written)
        self.write({own: written})

    def _province_id_of(self, text):
        state_id = (
            self.env["crm.normaliser"]._ids_of_provinces().get(province_code(text))
        )
        if not state_id:
            raise UserError(
                self.env._("%(written)s is no province of today.", written=text)
            )
        return state_id
