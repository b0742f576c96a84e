from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.normaliser import FIELDS, province_code

#: Longest value of a form that is kept as it was typed.
_LONGEST = 500


class CrmNormaliseMixin(models.AbstractModel):
    """Forms of names and customers: values in one way, hints of one click, originals.

    Plain ``create`` and ``write`` leave values as they are.
    """

    _name = "crm.normalise.mixin"
    _description = "Values Written in One Way"
    _inherit = ["crm.value.hints.mixin"]
    #: Model of the values as they were written.
    _original_model = ""

    written_originals = fields.Json(
        "As It Was Written", compute="_compute_written_originals"
    )
    typed_originals = fields.Json(
        "As It Was Typed",
        compute="_compute_typed_originals",
        inverse="_inverse_typed_originals",
        exportable=False,
        help="What stood in a field of the form, and what became of it, until it is"
        " saved.",
    )

    # ------------------------------------------------------------
    # WHAT A FORM HAS
    # ------------------------------------------------------------

    def onchange(self, values, field_names, fields_spec):
        # A value must not move to a field that the form doesn't save.
        form = self.with_context(normalise_form_fields=tuple(fields_spec))
        return super(CrmNormaliseMixin, form).onchange(values, field_names, fields_spec)

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
                    self._set_normalised("state_id", state_id)
            elif name in written and found[name] != written[name]:
                self._set_normalised(name, found[name])

    def _normalise_form_name(self, name):
        """Put a name right that is all in capitals or all small; others are meant."""
        text = self[name] or ""
        if text.isupper() or text.islower():
            self._normalise_form([name])

    def _normalise_form_title(self, is_company):
        """Put the title of a name right, which says who it is.

        Small letters may be a request that somebody wrote.

        :param bool is_company: whose name it is, a company's or a person's
        """
        text = self.name or ""
        normaliser = self.env["crm.normaliser"]._normaliser("form")
        country = self.country_id.code or normaliser.country
        if text.isupper() and "names" in normaliser.parts and country == "IT":
            values = {"name": text, "is_company": is_company}
            name = normaliser.normalise(values).values["name"]
            if name != text:
                self._set_normalised("name", name)

    def _normalise_form_number(self, name):
        """Write a number as numbers are written; where it is from tells its area.

        A second one in the same cell goes to a number that the form shows empty.

        :param str name: of the field that somebody typed in
        """
        if not self[name]:
            return
        normaliser = self.env["crm.normaliser"]._normaliser("form")
        shown = self._hints_open_to_me().intersection(
            self.env.context.get("normalise_form_fields", ())
        )
        free = [
            other
            for other in FIELDS["phones"]
            if other in shown and other != name and not self[other]
        ]
        values = self._values_to_normalise([name, *free, "zip", "state_id"])
        if (values["country"] or normaliser.country) != "IT":
            return
        found = normaliser.normalise(values).values
        for each in (name, *free):
            if found[each] != (self[each] or ""):
                self._set_normalised(each, found[each])

    # ------------------------------------------------------------
    # AS IT WAS TYPED
    # ------------------------------------------------------------

    def _set_normalised(self, name, value):
        """Change a value of the form; what stood there is kept when it is saved.

        :param str name: of the field
        :param value: as it is assigned
        """
        written = self._plain_value(name)
        self[name] = value
        if written:
            typed = dict(self.typed_originals or {})
            if typed.get(name, [False, False])[1] == written:
                # Changed once more: what somebody typed is what stood there first.
                written = typed[name][0]
            self.typed_originals = {**typed, name: [written, self._plain_value(name)]}

    def _plain_value(self, name):
        value = self[name]
        return value._origin.id if isinstance(value, models.BaseModel) else value

    def _compute_typed_originals(self):
        # It lives in a form only.
        self.typed_originals = False

    def _inverse_typed_originals(self):
        # sudo: what was typed is kept by the system, of records that may be written
        self.env[self._original_model].sudo()._store_originals(
            (record.id, record._typed_originals_that_hold()) for record in self
        )

    def _typed_originals_that_hold(self):
        """Return what was typed in fields that are saved as the form put them right.

        :rtype: dict
        """
        typed = self.typed_originals
        if not typed or not isinstance(typed, dict):
            return {}
        open_to_me = self._hints_open_to_me() | {"name"}
        return {
            name: pair[0]
            for name, pair in typed.items()
            if name in open_to_me
            and isinstance(pair, list)
            and len(pair) == 2
            and isinstance(pair[0], (str, int))
            and len(str(pair[0])) <= _LONGEST
            and pair[1] == self._plain_value(name)
        }

    @api.depends("typed_originals")
    def _compute_value_hints(self):
        return super()._compute_value_hints()

    def _make_hints(self, normaliser, names):
        hints = super()._make_hints(normaliser, names) or []
        sentences = self._hint_sentences()
        # The other addresses of a cell, of which the first one stayed.
        for name, text in self._typed_originals_that_hold().items():
            if name in FIELDS["email"]:
                typed = normaliser.normalise({name: text})
                for code, _name, _text in typed.remarks:
                    ways = typed.suggestions.get(name, [])
                    hints.append(self._make_hint(name, sentences[code], text, ways))
        return hints or False

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
