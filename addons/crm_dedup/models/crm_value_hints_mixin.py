from odoo import api, fields, models

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
    "vat",
    "street",
    "street2",
    "city",
    "zip",
    "state_id",
    "country_id",
    "birth_date",
)


class CrmValueHintsMixin(models.AbstractModel):
    """Forms say which values can't be right, with what would put them right."""

    _name = "crm.value.hints.mixin"
    _description = "Values To Be Checked"

    value_hints = fields.Json(
        "To Be Checked",
        compute="_compute_value_hints",
        help="Values that can't be right, and what would put them right.",
    )

    # ------------------------------------------------------------
    # WHAT IS CHECKED
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
        values = {"country": self._country_to_normalise()}
        for name in names:
            if name == "state_id":
                values["province"] = self.state_id.code or ""
            elif name == "birth_date":
                values[name] = self.birth_date or None
            elif name != "country_id":
                values[name] = self[name] or ""
        return values

    def _country_to_normalise(self):
        """Return the ISO code of the country whose rules these values follow.

        :return: nothing when it isn't known
        :rtype: str
        """
        self.ensure_one()
        return self.country_id.code or ""

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

        :param Normaliser normaliser: for forms
        :param list names: fields that are checked
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
            "rounded_phone": self.env._(
                "%(field)s: a spreadsheet may have rounded the last digit of"
                " %(written)s. Is it"
            ),
            "unreadable_phone": self.env._(
                "%(field)s: no number can be read in %(written)s."
            ),
            "unreadable_email": self.env._("%(field)s: %(written)s is no address."),
            "several_emails": self.env._(
                "%(field)s: %(written)s holds more than one address. The others are"
            ),
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
            "code_of_another_sex": self.env._(
                "%(field)s: %(written)s is a woman's code and the name a man's, or the"
                " other way round."
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
