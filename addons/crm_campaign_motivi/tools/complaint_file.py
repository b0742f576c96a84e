"""The file of bad names that goes back to the seller of a list."""

import csv
import io

import xlsxwriter

from odoo.addons.crm_callcenter.tools.spreadsheet import harmless

#: Most rows of a sheet, with its header.
MOST_ROWS = 1_048_576
#: Most characters of a cell in Excel.
_MOST_CHARACTERS = 32_767


def complaint_csv(headers, rows):
    """Write rows as a CSV file that Italian spreadsheets open with a double click.

    :param list headers: of the columns
    :param rows: lists of texts
    :rtype: bytes
    """
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(map(harmless, headers))
    for row in rows:
        writer.writerow(map(harmless, row))
    return text.getvalue().encode("utf-8-sig")


def complaint_xlsx(headers, rows):
    """Write rows as a workbook; memory stays flat, and every cell is a text.

    :param list headers: of the columns
    :param rows: lists of texts; what is beyond the last row of a sheet is left out
    :rtype: bytes
    """
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content, {"constant_memory": True})
    sheet = book.add_worksheet()
    bold = book.add_format({"bold": True})
    for column, title in enumerate(headers):
        sheet.write_string(0, column, harmless(title), bold)
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, len(headers), 22)
    for number, row in enumerate(rows, start=1):
        if number >= MOST_ROWS:
            break
        for column, cell in enumerate(row):
            text = harmless(cell)[:_MOST_CHARACTERS]
            if text:
                sheet.write_string(number, column, text)
    book.close()
    return content.getvalue()
