import csv
import io
import re

from markupsafe import Markup

from odoo import models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.crm_callcenter.tools.spreadsheet import harmless

from ..tools.text_workbook import write_workbook

#: Rows of a report read at a time.
REPORT_PAGE = 20_000
#: Rows from which on a workbook takes longer than a request may, some 45 seconds of
#: CPU per million rows of 14 columns.
XLSX_MOST = 1_000_000


class CrmListImport(models.Model):
    """What became of each row: reasons, figures, the file of rejected rows."""

    _inherit = "crm.list.import"

    # ------------------------------------------------------------
    # REPORT
    # ------------------------------------------------------------

    def _reason(self, problem, details):
        """Return the sentence that tells why a row was rejected.

        :param str problem: one of the codes of ``crm.list.import.row``
        :param dict details: what the sentence names
        """
        if problem == "in_list" and details.get("row"):
            return self.env._(
                "Already in this list: row %(row)s, %(name)s.",
                row=details["row"],
                name=details["name"],
            )
        if problem == "in_list":
            return self.env._("Already in this list: %(name)s.", name=details["name"])
        sentences = {
            "empty": self.env._("The row is empty."),
            "above_header": self.env._("The row stands above the header."),
            "repeated_header": self.env._("The row repeats the header."),
            "total": self.env._("The row is a total."),
            "no_name": self.env._("The row has no name."),
            "no_number": self.env._("The row has no phone number."),
            "unreadable_number": self.env._(
                "No phone number can be read: %(written)s",
                written=details.get("written"),
            ),
            "too_few_cells": self.env._("The row ends before its phone number."),
            "too_many_cells": self.env._(
                "The row has %(cells)s columns instead of %(columns)s: a separator"
                " stands inside a value.",
                cells=details.get("cells"),
                columns=details.get("columns"),
            ),
            "too_long": self.env._(
                "The value of %(column)s has %(length)s characters: a separator or a"
                " quote is missing.",
                column=details.get("column"),
                length=details.get("length"),
            ),
            "shifted": self.env._(
                "The values stand in the wrong columns (shifted by %(columns)s).",
                columns=details.get("columns"),
            ),
            "archived": self.env._(
                "%(name)s has this number and is archived. Restore the name to call"
                " it.",
                name=details.get("name"),
            ),
            "mandatory": self.env._(
                "The row lacks: %(fields)s.", fields=details.get("fields")
            ),
            "unknown_portfolio": self.env._(
                "%(written)s is no portfolio that you may use, or one of several. Write"
                " its full name, such as Retail / North.",
                written=details.get("written"),
            ),
            "not_known": self.env._(
                "Nobody in the archive has the keys of this row, and only known names"
                " are updated."
            ),
            "hidden": self.env._(
                "The archive has this name already, of a portfolio or company that you"
                " don't see. Ask somebody who sees it."
            ),
            "outside_portfolio": self.env._(
                "%(name)s is not in the portfolio %(portfolio)s, to which the list is"
                " bound.",
                name=details.get("name"),
                portfolio=details.get("portfolio"),
            ),
        }
        return sentences[problem]

    def _remarks_sentence(self, remarks):
        """Return what was left out of a row that came in, and why.

        :param list remarks: code, column and written value of each
        :rtype: str
        """
        sentences = {
            "bad_code": self.env._(
                "%(column)s %(written)s is not valid: a character is missing or wrong."
            ),
            "bad_date": self.env._(
                "%(column)s %(written)s is no date, or lies in the future."
            ),
            "rounded_number": self.env._(
                "%(column)s %(written)s: a spreadsheet may have rounded the last digit."
                " Check the number."
            ),
            "bad_value": self.env._("%(column)s can't be %(written)s."),
            "broken_rule": self.env._(
                "%(column)s can't be %(written)s: the rule of the field refuses it."
            ),
            "unknown_contact": self.env._(
                "%(column)s %(written)s is no contact, or one of several."
            ),
            "unknown_zone": self.env._(
                "%(column)s %(written)s is no zone, or one of several."
            ),
            "customer_kept": self.env._(
                "The name is a customer: change the customer itself."
            ),
            "in_hand": self.env._(
                "An operator has the name in hand: it was left as it is."
            ),
            "consent_without_date": self.env._(
                "The consent (%(column)s: %(written)s) has no date and is not recorded."
            ),
        }
        return " ".join(
            sentences[code] % {"column": column, "written": written}
            for code, column, written in remarks
        )

    def _left_out_sentences(self):
        """Return how many names the list left out, a line for each reason.

        :rtype: str
        """
        self.ensure_one()
        if self.rows_cleaned:
            return self.kept_left_out
        self.row_ids.flush_model()
        counts = self.env.execute_query(
            SQL(
                """SELECT left_out, count(*) FROM crm_list_import_row
                    WHERE import_id = %s AND left_out IS NOT NULL GROUP BY left_out""",
                self.id,
            )
        )
        return self.env["crm.list.rule.mixin"]._count_sentences(dict(counts))

    def _render_rejected(self):
        """Return a table that counts the rejected rows by kind of reason."""
        self.ensure_one()
        if self.rows_cleaned:
            return self.kept_rejected
        self.row_ids.flush_model()
        labels = dict(self.row_ids._fields["problem"]._description_selection(self.env))
        lines = [
            Markup("<tr><td>%s</td><td>%s</td><td>%s</td><td>%s</td></tr>")
            % (labels[problem], count, number, reason)
            for problem, count, number, reason in self.env.execute_query(
                SQL(
                    """SELECT problem, count(*), min(row_number),
                              (array_agg(reason ORDER BY row_number))[1]
                         FROM crm_list_import_row
                        WHERE import_id = %s AND state = 'rejected'
                     GROUP BY problem ORDER BY count(*) DESC, problem""",
                    self.id,
                )
            )
        ]
        if not lines:
            return False
        titles = [
            self.env._("Kind of Reason"),
            self.env._("Rows"),
            self.env._("First Row"),
            self.env._("Its Reason"),
        ]
        return self._render_table(titles, lines)

    def _report_rows(self, rejected=False):
        """Yield the rows that somebody has to look at, as they stood in the file.

        :param bool rejected: those that were rejected only
        :return: lists of texts that no spreadsheet takes for a formula; the first has
            the titles
        """
        self.ensure_one()
        states = dict(self.row_ids._fields["state"]._description_selection(self.env))
        headers = self.column_ids.sorted("position").mapped("name")
        titles = [self.env._("Row"), self.env._("Reason")]
        if not rejected:
            titles[1:1] = [self.env._("Result"), self.env._("Number of the Name")]
        yield list(map(harmless, [*headers, *titles]))
        self.row_ids.flush_model()
        last = 0
        while rows := self._report_page(last, rejected):
            for number, cells, reason, state, lead_id in rows:
                cells = (cells or []) + [""] * (len(headers) - len(cells or []))
                about = [str(number), reason or ""]
                if not rejected:
                    about[1:1] = [states[state], str(lead_id or "")]
                yield list(map(harmless, [*cells, *about]))
            last = rows[-1][0]

    def _report_page(self, after, rejected):
        kind = SQL("AND row.state = 'rejected' AND row.cells IS NOT NULL")
        return self.env.execute_query(
            SQL(
                """SELECT row.row_number, coalesce(row.cells, stage.cells), row.reason,
                          row.state, row.lead_id
                     FROM crm_list_import_row row
                LEFT JOIN crm_list_import_stage stage USING (import_id, row_number)
                    WHERE row.import_id = %s AND row.row_number > %s %s
                 ORDER BY row.row_number LIMIT %s""",
                self.id,
                after,
                kind if rejected else SQL(""),
                REPORT_PAGE,
            )
        )

    def _write_report(self, file, kind, rejected=False):
        """Write a report row by row: it may have millions of them.

        :param file: a binary file, open for writing
        :param str kind: ``csv`` or ``xlsx``
        :param bool rejected: the rows that were rejected only
        """
        rows = self._report_rows(rejected)
        if kind == "xlsx":
            write_workbook(file, rows, self.env._("Report"))
            return
        text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
        csv.writer(text, delimiter=";", lineterminator="\r\n").writerows(rows)
        # The file stays open for whoever reads it.
        text.detach()

    def _report_name(self, name, kind):
        """Return the name of the file that somebody downloads.

        :param str name: ``report`` or ``rejected``
        :param str kind: ``csv`` or ``xlsx``
        :rtype: str
        """
        stem = re.sub(r"[^\w.-]+", "_", (self.filename or "list").rsplit(".", 1)[0])
        endings = {"report": self.env._("report"), "rejected": self.env._("rejected")}
        return f"{stem}_{endings[name]}.{kind}"

    def _note_export(self, count, domain):
        self.env["crm.export.log"]._note(
            "crm.list.import.row",
            self.column_ids.sorted("position").mapped("name"),
            count,
            search=domain,
        )

    def _download(self, name, kind):
        return {
            "type": "ir.actions.act_url",
            "url": f"/callcenter/import/{self.id}/{name}.{kind}",
            "target": "download",
        }

    def action_download_rejected(self):
        """Button: the rejected rows as a CSV file, ready to be corrected."""
        self.ensure_one()
        self._note_export(
            self.rejected_count,
            f'[["import_id", "=", {self.id}], ["state", "=", "rejected"]]',
        )
        return self._download("rejected", "csv")

    def action_download_report(self):
        """Button: all rows with their result, as a CSV file."""
        self.ensure_one()
        self._note_export(self.row_count, f'[["import_id", "=", {self.id}]]')
        return self._download("report", "csv")

    def action_download_report_xlsx(self):
        """Button: all rows with their result, as a workbook.

        :raise UserError: there are too many of them
        """
        self.ensure_one()
        if self.row_count > XLSX_MOST:
            raise UserError(
                self.env._(
                    "The report has %(count)s rows, too many for a workbook. Download"
                    " it as CSV.",
                    count=self.row_count,
                )
            )
        self._note_export(self.row_count, f'[["import_id", "=", {self.id}]]')
        return self._download("report", "xlsx")

    def action_open_updated(self):
        """Button: the rows that gave known names a value."""
        return self._open_rows("updated")

    def action_open_merged(self):
        """Button: the rows that mean the same name as an earlier one."""
        return self._open_rows("merged")

    def action_open_rows(self):
        """Button: all rows with their result."""
        return self._open_rows()

    def action_open_rejected(self):
        """Button: the rejected rows with the reason of each."""
        return self._open_rows("rejected")

    def action_open_remarks(self):
        """Button: the rows that came in without one of their values."""
        return self._open_rows("remark")

    def action_open_left_out(self):
        """Button: the rows whose names the list left out."""
        return self._open_rows("left_out")

    def action_open_accepted(self):
        """Button: the rows that became new names."""
        return self._open_rows("accepted")

    def action_open_existing(self):
        """Button: the rows whose name was in the archive already."""
        return self._open_rows("existing")

    def _open_rows(self, state=None):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_campaign_motivi.crm_list_import_row_action"
        )
        action["domain"] = [("import_id", "=", self.id)]
        action["context"] = {f"search_default_{state}": 1} if state else {}
        return action

    def action_open_list(self):
        """Button: the list with the imported names."""
        self.ensure_one()
        return self.list_id.action_open_lines()
