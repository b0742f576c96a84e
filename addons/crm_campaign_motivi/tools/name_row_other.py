"""The columns of a list beside name, address and numbers."""

from odoo.addons.crm_callcenter.tools.italian_codes import birth_date_of
from odoo.addons.crm_dedup.tools.plain_text import normalise

from .name_codes import NO_NAME, is_useful, read_code, read_date

#: Columns that name a colleague, and the field of the name that they fill.
PEOPLE_TARGETS = {
    "salesperson": "user_id",
    "contact_user": "contact_user_id",
    "technician": "technician_id",
}
#: Columns that go as they are into the field of the same name.
PLAIN_TARGETS = ("function", "website")
_NORMALISED_NAMES = ("contact_name", "partner_name")
_NORMALISED_PLACES = ("street", "street2", "zip", "city")


class OtherColumns:
    """People, codes, consents, custom fields: what a ``RowReader`` reads besides."""

    def _read_people(self, row, cells):
        """Read who looks after the name; whom nobody knows stays in the notes."""
        for target, column in PEOPLE_TARGETS.items():
            if target not in self.columns:
                continue
            row.values[column] = None
            written = self._first(cells, target)
            if written:
                row.values[column] = self.users.get(normalise(written))
                if not row.values[column]:
                    self._keep(row, target, written)

    def _read_identity(self, row, cells):
        """Read the codes of person or company, and the day of birth."""
        row.values.update(fiscal_code="", vat_number="", birth_date=None)
        for target in ("fiscal_code", "vat"):
            for at in self.columns.get(target, ()):
                written = cells[at]
                if not is_useful(written) or normalise(written) in NO_NAME:
                    continue
                name, code = read_code(target, written)
                if not code:
                    self._refuse(row, "bad_code", at, written)
                elif not row.values[name]:
                    row.values[name] = code
        for at in self.columns.get("birth_date", ()):
            if is_useful(cells[at]):
                row.values["birth_date"] = read_date(cells[at])
                if not row.values["birth_date"]:
                    self._refuse(row, "bad_date", at, cells[at])
        if row.values["fiscal_code"] and not row.values["birth_date"]:
            row.values["birth_date"] = birth_date_of(row.values["fiscal_code"])

    def _read_consent(self, row, cells):
        """Read the day on which a consent was given, and where it comes from."""
        source = self._joined(cells, "consent_source")
        columns = self.columns.get("consent_date", ())
        written = [(at, cells[at]) for at in columns if is_useful(cells[at])]
        if not written and self._consent_date:
            row.consent = (self._consent_date, source if is_useful(source) else "")
        for at, text in written:
            day = read_date(text)
            if day:
                row.consent = (day, source)
            else:
                self._refuse(row, "bad_date", at, text)
        if is_useful(source) and not row.consent:
            at = self.columns["consent_source"][0]
            if written:
                row.notes.append((at, source))
            else:
                self._refuse(row, "consent_without_date", at, source)

    def _read_plain(self, row, cells):
        """Read the columns that go as they are into a field of the same name."""
        for target in PLAIN_TARGETS:
            if target in self.columns:
                row.values[target] = self._first(cells, target)

    def _read_custom(self, row, cells):
        """Read the custom fields; what is no value of theirs stays in the notes."""
        for target, reader in self._custom.items():
            for at in self.columns.get(target, ()):
                if not cells[at] or target in row.custom:
                    continue
                value = reader.read_cell(cells[at])
                if value is None:
                    self._refuse(row, "bad_value", at, cells[at])
                else:
                    row.custom[target] = value

    def _read_zone(self, row, cells):
        for at in self.columns.get("zone", ()):
            if not is_useful(cells[at]):
                continue
            row.zone_id = self._zones.get(normalise(cells[at]))
            if not row.zone_id:
                self._refuse(row, "unknown_zone", at, cells[at])

    def _normalise(self, row):
        """Put the values right; what was written is kept beside them."""
        if not self._normaliser:
            return
        names = () if self._names_as_written else _NORMALISED_NAMES
        places = () if self._places_as_written else _NORMALISED_PLACES
        given = {name: row.values[name] for name in (*names, *places)}
        if places:
            given["province"] = row.province
        done = self._normaliser.normalise(given)
        row.originals = done.originals
        for name, value in done.values.items():
            if name == "province":
                row.province = value or ""
            elif name in row.values:
                row.values[name] = value or ""
        if row.values["name"]:
            row.values["name"] = (
                row.values["partner_name"] or row.values["contact_name"]
            )

    def _refuse(self, row, remark, at, written):
        """Leave out a value that can't be right; it stays in the notes."""
        self._remark(row, remark, at, written)
        row.notes.append((at, written))

    def _remark(self, row, remark, at, written):
        row.remarks.append((remark, self.headers[at], written[:80]))

    def _read_portfolios(self, row, cells):
        """Read where the name belongs; what is no portfolio is a problem."""
        if "portfolio" not in self.columns:
            return
        row.portfolios = {}
        for at in self.columns["portfolio"]:
            if not is_useful(cells[at]):
                continue
            found = self.portfolios.get(normalise(cells[at]))
            if not found:
                row.problem = "unknown_portfolio"
                row.details = {"written": cells[at][:80]}
                return
            column, portfolio_id = found
            row.portfolios[column] = portfolio_id
