import csv
import io
import re

from markupsafe import Markup

from odoo import models
from odoo.tools import SQL

#: Starts a formula in a spreadsheet; numbers and phones are none.
_FORMULA = re.compile(r"[=+\-@\t\r]")
_HARMLESS = re.compile(r"[+-]?[\d\s.,/()]+")


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
            "outside_portfolio": self.env._(
                "%(name)s is not in the portfolio %(portfolio)s, to which the list is"
                " bound.",
                name=details.get("name"),
                portfolio=details.get("portfolio"),
            ),
        }
        if problem == "in_list" and details.get("row"):
            return self.env._(
                "Already in this list: row %(row)s, %(name)s.",
                row=details["row"],
                name=details["name"],
            )
        if problem == "in_list":
            return self.env._("Already in this list: %(name)s.", name=details["name"])
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

    def _rejected_csv(self):
        """Return the rejected rows as they stood in the file, with the reason."""
        self.ensure_one()
        text = io.StringIO()
        writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
        headers = self.column_ids.sorted("position").mapped("name")
        writer.writerow(
            map(_harmless, [*headers, self.env._("Row"), self.env._("Reason")])
        )
        self.row_ids.flush_model()
        for number, cells, reason in self.env.execute_query(
            SQL(
                """SELECT row_number, cells, reason FROM crm_list_import_row
                    WHERE import_id = %s AND state = 'rejected' AND cells IS NOT NULL
                 ORDER BY row_number""",
                self.id,
            )
        ):
            cells = cells + [""] * (len(headers) - len(cells))
            writer.writerow(map(_harmless, [*cells, str(number), reason]))
        return text.getvalue().encode("utf-8-sig")

    def action_download_rejected(self):
        """Button: the rejected rows as a CSV file, ready to be corrected."""
        self.ensure_one()
        self.env["crm.export.log"]._note(
            "crm.list.import.row",
            self.column_ids.sorted("position").mapped("name"),
            self.rejected_count,
            search=f'[["import_id", "=", {self.id}], ["state", "=", "rejected"]]',
        )
        stem = re.sub(r"[^\w.-]+", "_", (self.filename or "list").rsplit(".", 1)[0])
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/crm.list.import/{self.id}/rejected_file/"
            f"{stem}_{self.env._('rejected')}.csv?download=true",
            "target": "download",
        }

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


def _harmless(text):
    """Return a cell that no spreadsheet takes for a formula."""
    if _FORMULA.match(text or "") and not _HARMLESS.fullmatch(text):
        return "'" + text
    return text or ""
