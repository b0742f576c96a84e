"""The file of bad names that goes back to the seller of a list."""

import csv
import io
from itertools import chain

from odoo.addons.crm_callcenter.tools.spreadsheet import harmless

from .text_workbook import write_workbook


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
    """Write rows as a workbook; every cell is a text.

    :param list headers: of the columns
    :param rows: lists of texts
    :rtype: bytes
    """
    content = io.BytesIO()
    write_workbook(
        content, (list(map(harmless, row)) for row in chain([headers], rows))
    )
    return content.getvalue()
