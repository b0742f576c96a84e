import csv
import datetime
import io

import xlsxwriter

from odoo import fields, models
from odoo.fields import Domain

from odoo.addons.crm_callcenter.tools.spreadsheet import harmless

from .crm_segnalazione_export_layout import SEPARATORS

#: Documents that are kept in memory at a time.
PAGE_SIZE = 500
#: Windows programs read it, and no other ends a line otherwise in a CSV file.
END_OF_LINE = "\r\n"


class CrmSegnalazioneExportLayout(models.Model):
    """The file of an export, written row by row: memory stays flat."""

    _inherit = "crm.segnalazione.export.layout"

    def _write_file(self, orders, file):
        """Write documents into a file.

        :param sale.order orders: in the environment of who exports them
        :param file: open for bytes
        :return: how many rows were written, without the titles
        :rtype: int
        """
        self.ensure_one()
        if self.file_format == "xlsx":
            return self._write_workbook(orders, file)
        text = io.TextIOWrapper(
            file,
            encoding=self.encoding,
            errors="replace",
            newline="",
            write_through=True,
        )
        try:
            if self.separator == "fixed":
                return self._write_fixed(orders, text)
            return self._write_csv(orders, text)
        finally:
            text.detach()

    def _rows(self, orders):
        """Yield the cells of each row.

        :rtype: Iterator[list]
        """
        readers = [column._reader() for column in self.with_env(orders.env).column_ids]
        for start in range(0, len(orders), PAGE_SIZE):
            page = orders.browse(orders.ids[start : start + PAGE_SIZE])
            records = page if self.row_kind == "order" else self._lines(page)
            for record in records:
                yield [read(record) for read in readers]
            # What was read isn't needed any more.
            orders.env.invalidate_all()

    def _lines(self, orders):
        """Return the lines of some documents that are exported, in their order.

        :rtype: sale.order.line
        """
        domain = Domain("order_id", "in", orders.ids) & self._lines_domain()
        return orders.order_line.search(domain, order="order_id, sequence, id")

    def _lines_domain(self):
        """Return which lines of a document are exported.

        :rtype: Domain
        """
        domain = Domain("display_type", "=", False)
        if self.line_category == "confirmed":
            domain &= Domain("line_state_id.category", "=", "confirmed")
        return domain

    # ------------------------------------------------------------
    # TEXT
    # ------------------------------------------------------------

    def _text_cells(self, orders):
        """Yield the rows with their cells as texts."""
        formats = [self._text_format(column) for column in self.column_ids]
        for row in self._rows(orders):
            yield [form(cell) for form, cell in zip(formats, row, strict=True)]

    def _text_format(self, column):
        """Return a function that writes a cell of a column as text."""
        point = "," if self.decimal_separator == "comma" else "."
        date_format = column.date_format or self.date_format

        def form(cell):
            if cell is None:
                return ""
            if isinstance(cell, datetime.datetime):
                cell = fields.Datetime.context_timestamp(self, cell)
                return cell.strftime(date_format)
            if isinstance(cell, datetime.date):
                return cell.strftime(date_format)
            if isinstance(cell, float):
                return f"{cell:.{column.decimals}f}".replace(".", point)
            return str(cell)

        return form

    def _write_csv(self, orders, text):
        writer = csv.writer(
            text, delimiter=SEPARATORS[self.separator], lineterminator=END_OF_LINE
        )
        if self.has_header:
            writer.writerow(map(harmless, self.column_ids.mapped("title")))
        count = 0
        for row in self._text_cells(orders):
            writer.writerow(row)
            count += 1
        return count

    def _write_fixed(self, orders, text):
        """Write cells as wide as their columns; numbers stand on the right."""
        columns = self.column_ids
        is_right = [
            column.kind == "field"
            and column._field().type in ("integer", "float", "monetary")
            for column in columns
        ]

        def write(cells, right):
            for cell, column, on_right in zip(cells, columns, right, strict=True):
                cell = " ".join(cell.splitlines())[: column.width]
                pad = cell.rjust if on_right else cell.ljust
                text.write(pad(column.width))
            text.write(END_OF_LINE)

        if self.has_header:
            write(map(harmless, columns.mapped("title")), [False] * len(columns))
        count = 0
        for row in self._text_cells(orders):
            write(row, is_right)
            count += 1
        return count

    # ------------------------------------------------------------
    # WORKBOOK
    # ------------------------------------------------------------

    def _write_workbook(self, orders, file):
        workbook = xlsxwriter.Workbook(
            file, {"constant_memory": True, "default_date_format": "dd/mm/yyyy"}
        )
        sheet = workbook.add_worksheet()
        numbers = [
            workbook.add_format(
                {
                    "num_format": "0"
                    + ("." + "0" * column.decimals if column.decimals else "")
                }
            )
            for column in self.column_ids
        ]
        date = workbook.add_format({"num_format": "dd/mm/yyyy"})
        time = workbook.add_format({"num_format": "dd/mm/yyyy hh:mm"})
        first = 0
        if self.has_header:
            bold = workbook.add_format({"bold": True})
            for place, title in enumerate(self.column_ids.mapped("title")):
                sheet.write_string(0, place, harmless(title), bold)
            first = 1
        count = 0
        for row in self._rows(orders):
            for place, cell in enumerate(row):
                target = first + count, place
                if isinstance(cell, datetime.datetime):
                    cell = fields.Datetime.context_timestamp(self, cell)
                    sheet.write_datetime(*target, cell.replace(tzinfo=None), time)
                elif isinstance(cell, datetime.date):
                    sheet.write_datetime(*target, cell, date)
                elif isinstance(cell, float):
                    sheet.write_number(*target, cell, numbers[place])
                elif isinstance(cell, int):
                    sheet.write_number(*target, cell)
                elif cell:
                    sheet.write_string(*target, cell)
            count += 1
        workbook.close()
        return count
