from markupsafe import Markup, escape

from odoo import api, fields, models

from ..tools.name_row import PHONE_TARGETS

PREVIEW_ROWS = 10


class CrmListImport(models.Model):
    """The first rows of a file as they would be imported."""

    _inherit = "crm.list.import"

    preview = fields.Html(compute="_compute_preview", sanitize=False)

    @api.depends("sample_rows", "column_ids.target", "column_ids.position")
    def _compute_preview(self):
        for record in self:
            record.preview = record._render_preview()

    def _render_preview(self):
        """Return a table of the first rows as they would be imported."""
        self.ensure_one()
        if not self.sample_rows or not self.column_ids:
            return False
        reader = self._row_reader()
        rows = [
            (reader.read_row(number, cells), cells)
            for number, cells in self.sample_rows[:PREVIEW_ROWS]
        ]
        known = self._known_of_preview([row for row, _cells in rows])
        columns = [
            (title, show)
            for title, show in self._preview_columns(known)
            if any(not row.problem and show(row) for row, _cells in rows)
        ]
        return self._render_table(
            [self.env._("Row"), *(title for title, _show in columns)],
            [self._render_preview_row(row, cells, columns) for row, cells in rows],
        )

    def _preview_lines(self):
        """Return what would become of the first rows, a line for each.

        :rtype: list[str]
        """
        self.ensure_one()
        reader = self._row_reader()
        rows = [reader.read_row(number, cells) for number, cells in self.sample_rows]
        known = self._known_of_preview(rows)
        lines = []
        for row in rows:
            if row.problem:
                said = self._reason(row.problem, row.details)
            elif row.number in known:
                said = self.env._("known: %(name)s", name=known[row.number])
            else:
                said = self.env._("new")
            name = row.values.get("name", "")
            lines.append(f"{row.number:>7} {name:30.30} {said}")
        return lines

    def _known_of_preview(self, rows):
        """Return which rows of the preview are names of the archive.

        :return: name by number of the row
        :rtype: dict[int, str]
        """
        good = [row for row in rows if not row.problem]
        known = self._find_known(good)
        matches = {row.number: self._match_of_row(row, known) for row in good}
        return {number: match.name for number, match in matches.items() if match}

    def _preview_columns(self, known):
        """Return title and content of each column of the preview.

        :param dict known: names of the archive by number of the row
        :rtype: list[tuple[str, callable]]
        """
        target = self.column_ids._fields["target"]
        labels = dict(target._description_selection(self.env))
        return [
            (
                self.env._("In the Archive"),
                lambda row: (
                    self.env._("known: %(name)s", name=known[row.number])
                    if row.number in known
                    else self.env._("new")
                ),
            ),
            (self.env._("Name"), self._preview_name),
            *(
                (labels[name], lambda row, name=name: row.values[name])
                for name in (*PHONE_TARGETS, "street", "street2")
            ),
            (
                labels["city"],
                lambda row: " ".join(
                    filter(None, (row.values["zip"], row.values["city"], row.province))
                ),
            ),
            (labels["email"], lambda row: row.values["email_from"]),
            (labels["fiscal_code"], lambda row: row.values["fiscal_code"]),
            (self.env._("Partita IVA"), lambda row: row.values["vat_number"]),
            (labels["birth_date"], lambda row: row.values["birth_date"] or ""),
            (self.env._("Consent"), self._preview_consent),
            (self.env._("Left Out"), lambda row: self._remarks_sentence(row.remarks)),
            (
                labels["note"],
                lambda row: Markup("<br/>").join(escape(note) for note in row.notes),
            ),
        ]

    @api.model
    def _preview_name(self, row):
        icon = "building-o" if row.values["lead_kind"] == "company" else "user-o"
        return (
            Markup('<i class="fa fa-%s text-muted me-1"/>') % icon + row.values["name"]
        )

    @api.model
    def _preview_consent(self, row):
        if not row.consent:
            return ""
        day, source = row.consent
        return " ".join(filter(None, (day.strftime("%d/%m/%Y"), source)))

    def _render_preview_row(self, row, cells, columns):
        if row.problem:
            return Markup(
                '<tr class="text-muted"><td>%s</td><td colspan="%s">'
                '<i class="fa fa-times-circle text-danger me-1"/>%s '
                "<small>%s</small></td></tr>"
            ) % (
                row.number,
                len(columns),
                self._reason(row.problem, row.details),
                " · ".join(cell for cell in cells if cell),
            )
        return Markup("<tr><td>%s</td>%s</tr>") % (
            row.number,
            Markup("").join(Markup("<td>%s</td>") % show(row) for _t, show in columns),
        )

    @api.model
    def _render_table(self, titles, lines):
        return Markup(
            '<div class="o_list_import_preview table-responsive">'
            '<table class="table table-sm table-striped mb-0">'
            "<thead><tr>%s</tr></thead><tbody>%s</tbody></table></div>"
        ) % (
            Markup("").join(Markup("<th>%s</th>") % title for title in titles),
            Markup("").join(lines),
        )
