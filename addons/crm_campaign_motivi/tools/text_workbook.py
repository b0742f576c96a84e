"""Workbooks all of whose cells are texts, however many rows they have."""

import xlsxwriter

#: Most rows of a sheet, with its header.
MOST_ROWS = 1_048_576
#: Most characters of a cell in Excel.
MOST_CHARACTERS = 32_767


def write_workbook(file, rows, title=None):
    """Write rows as a workbook; memory stays flat.

    What a sheet can't hold goes into another one, below the same titles.

    :param file: a binary file, open for writing
    :param rows: lists of texts that no spreadsheet takes for formulas; the first has
        the titles
    :param str title: of the first sheet
    """
    rows = iter(rows)
    titles = next(rows)
    book = xlsxwriter.Workbook(
        file,
        {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_numbers": False,
            "strings_to_urls": False,
        },
    )
    bold = book.add_format({"bold": True})
    sheet, number = _add_sheet(book, titles, bold, title), 1
    for row in rows:
        if number >= MOST_ROWS:
            sheet, number = _add_sheet(book, titles, bold), 1
        for column, cell in enumerate(row):
            if cell:
                sheet.write_string(number, column, cell[:MOST_CHARACTERS])
        number += 1
    book.close()


def _add_sheet(book, titles, bold, title=None):
    sheet = book.add_worksheet(title)
    for column, text in enumerate(titles):
        sheet.write_string(0, column, text[:MOST_CHARACTERS], bold)
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, len(titles), 22)
    return sheet
