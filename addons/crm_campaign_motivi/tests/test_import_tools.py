import io
import random
import zipfile
from datetime import date

import openpyxl

from odoo.tests import BaseCase, tagged

from odoo.addons.crm_dedup.tools.italy import AREA_CODES, PROVINCES_BY_CAP
from odoo.addons.crm_dedup.tools.name_text import (
    is_company,
    name_key,
    proper_case,
    same_name,
)

from ..tools.column_guess import guess_columns
from ..tools.name_row import RowReader
from ..tools.table_reader import TableProblem, open_table

HEADERS = ["Nominativo", "Indirizzo", "CAP", "Città", "Prov", "Tel", "Cell", "Mail"]
TARGETS = [
    "full_name",
    "street",
    "zip",
    "city",
    "province",
    "phone",
    "mobile",
    "email",
]


def csv_bytes(rows, separator=";", encoding="utf-8"):
    return "\r\n".join(separator.join(row) for row in rows).encode(encoding)


def xlsx_bytes(rows, title="Sheet", other_sheets=()):
    book = openpyxl.Workbook()
    book.active.title = title
    for row in rows:
        book.active.append(row)
    for name in other_sheets:
        book.create_sheet(name)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


ROWS = [
    ["Nome", "Telefono", "Città"],
    ["Niccolò Però", "030 920 0669", "Cantù"],
    ["Ada Rossi", "02 8793 5112", "Rho"],
]


@tagged("post_install", "-at_install")
class TestTableReader(BaseCase):
    def assert_problem(self, code, content, **chosen):
        with self.assertRaises(TableProblem) as caught:
            list(open_table(content, **chosen).rows())
        self.assertEqual(caught.exception.code, code)

    def test_every_encoding_and_separator_is_found(self):
        for encoding in ("utf-8", "utf-8-sig", "cp1252", "utf-16"):
            for separator in (";", ",", "\t", "|"):
                with self.subTest(encoding=encoding, separator=separator):
                    table = open_table(csv_bytes(ROWS, separator, encoding))
                    self.assertEqual(table.encoding, encoding)
                    self.assertEqual(table.separator, separator)
                    self.assertEqual(table.header_row, 1)
                    self.assertEqual(table.headers, ROWS[0])
                    self.assertEqual(
                        list(table.rows()), list(enumerate(ROWS[1:], start=2))
                    )

    def test_old_encodings_are_told_by_their_letters(self):
        """What Excel saves for MS-DOS and on a Mac; three dots are no letter."""
        rows = [ROWS[0], ["Niccolò Però", "1", "Cantù"], ["Carità Noè", "2", "Forlì"]]
        for encoding in ("cp850", "mac_roman", "cp1252"):
            table = open_table(csv_bytes(rows, encoding=encoding))
            self.assertEqual(table.encoding, encoding)
            self.assertEqual([cells for _number, cells in table.rows()], rows[1:])
        dots = [ROWS[0], ["Rossi Ada", "1", "Rho ecc…"], ["Neri Ugo", "2", "ecc…"]]
        table = open_table(csv_bytes(dots, encoding="cp1252"))
        self.assertEqual(table.encoding, "cp1252")

    def test_a_comma_in_the_values_is_no_separator(self):
        rows = [["Nome", "Indirizzo", "Tel"]] + [
            ["Rossi Ada", f"Via Roma, {number}", "030 1234567"] for number in range(9)
        ]
        table = open_table(csv_bytes(rows))
        self.assertEqual(table.separator, ";")
        self.assertEqual(len(table.headers), 3)

    def test_one_wrong_byte_does_not_turn_utf8_into_cp1252(self):
        content = csv_bytes([["Nome", "Tel"]] + [["Niccolò Però", "1"]] * 20)
        table = open_table(content.replace("ò".encode(), b"\xf2", 1))
        self.assertEqual(table.encoding, "utf-8")
        self.assertEqual(list(table.rows())[5][1][0], "Niccolò Però")

    def test_titles_above_the_header_are_rows(self):
        table = open_table(csv_bytes([["Lista Lombardia 2026", "", ""], *ROWS]))
        self.assertEqual(table.header_row, 2)
        self.assertEqual([number for number, _cells in table.rows()], [1, 3, 4])

    def test_a_list_without_header(self):
        table = open_table(csv_bytes(ROWS[1:]))
        self.assertEqual(table.header_row, 0)
        self.assertEqual(table.headers, ["", "", ""])
        self.assertEqual(len(list(table.rows())), 2)

    def test_corrections_by_hand_win(self):
        table = open_table(csv_bytes(ROWS), header_row=0, encoding="cp1252")
        self.assertEqual((table.header_row, table.encoding), (0, "cp1252"))
        self.assertEqual(next(table.rows())[1][:2], ROWS[0][:2])
        self.assert_problem("too_few_columns", csv_bytes(ROWS), separator=",")

    def test_empty_rows_count_between_others_and_not_at_the_end(self):
        content = csv_bytes([*ROWS[:2], ["", "", ""], ROWS[2], ["", "", ""], [""]])
        self.assertEqual(
            [number for number, _cells in open_table(content).rows()], [2, 3, 4]
        )

    def test_line_breaks_and_quotes_inside_a_cell(self):
        content = b'Nome;Tel;Note\r\nRossi;030;"due\r\nrighe; e ""virgolette"""\r\n'
        self.assertEqual(
            list(open_table(content).rows()),
            [(2, ["Rossi", "030", 'due\r\nrighe; e "virgolette"'])],
        )

    def test_a_quote_that_is_never_closed_swallows_nothing(self):
        rows = [["Nome", "Tel", "Note"], ["Rossi", "1", '"tetto 3 metri']]
        rows += [[f"Bianchi {number}", "2", ""] for number in range(300)]
        read = list(open_table(csv_bytes(rows)).rows())
        self.assertEqual(len(read), 301)
        self.assertEqual(read[0][1][2], '"tetto 3 metri')

    def test_a_stray_quote_swallows_no_rows(self):
        """Each line is a row of its own, also at the end of the file."""
        lines = ['"Rossi Mario;3331234567;Brescia', "Bianchi Anna;3337654321;Milano"]
        lines += ['"Verdi" Ugo;3339876543;Roma', 'Neri Ada;030 1;"Via Po; 3"']
        good = ["Gialli Eva;030 2;Como"] * 5
        for content, expected in (
            ([*lines, *good], 9),
            ([*good, *lines], 9),
            ([*good, lines[0], *good, "Bo;1;'x'"], 12),
            ([*good, lines[0]], 6),
            ([*good, lines[0], lines[1]], 7),
        ):
            text = "\r\n".join(["Nome;Tel;Luogo", *content])
            rows = list(open_table(text.encode()).rows())
            self.assertEqual(len(rows), expected, text)
            self.assertEqual([number for number, _c in rows], [*range(2, expected + 2)])
            self.assertIn(
                ["Rossi Mario", "3331234567", "Brescia"], [c for _n, c in rows]
            )
        rows = [cells for _number, cells in rows]
        self.assertEqual(rows[-1], ["Bianchi Anna", "3337654321", "Milano"])
        table = open_table("\r\n".join(["Nome;Tel;Luogo", *lines]).encode())
        self.assertEqual(list(table.rows())[-1][1][2], "Via Po; 3")

    def test_lines_in_a_cell_are_no_rows(self):
        """However many separators they hold, when a program has written them."""
        cell = "chiamare, dopo, le 5\nmai, prima, delle 9"
        text = "Nome,Tel,Note\r\n" + f'Rossi,030,"{cell}"\r\n' * 4
        self.assertEqual(
            [cells for _number, cells in open_table(text.encode()).rows()],
            [["Rossi", "030", cell]] * 4,
        )

    def test_what_no_program_reads_as_text_ends_with_a_reason(self):
        dos = csv_bytes(ROWS) + b"\r\n\x1a"
        self.assertEqual(len(list(open_table(dos).rows())), 2)
        table = open_table(csv_bytes(ROWS), encoding="utf-16")
        self.assertEqual(table.encoding, "utf-8")

    def test_workbook(self):
        rows = [
            ["Nome", "CAP", "Telefono", "Data"],
            ["Rossi", 4100, 3331234567.0, date(1935, 2, 1)],
            ["Bianchi", None, "030/1234567", None],
        ]
        table = open_table(xlsx_bytes(rows, "Nominativi", ["Altro"]))
        self.assertEqual(table.kind, "xlsx")
        self.assertEqual(table.sheets, ("Nominativi", "Altro"))
        self.assertEqual(
            [cells[:3] for _number, cells in table.rows()],
            [["Rossi", "4100", "3331234567"], ["Bianchi", "", "030/1234567"]],
        )
        self.assertEqual(next(table.rows())[1][3], "01/02/1935")

    def test_the_first_sheet_with_a_table_is_taken(self):
        book = openpyxl.Workbook()
        book.active.append(["Istruzioni"])
        sheet = book.create_sheet("Dati")
        for row in ROWS:
            sheet.append(row)
        content = io.BytesIO()
        book.save(content)
        self.assertEqual(open_table(content.getvalue()).sheet, "Dati")
        self.assert_problem("too_few_columns", content.getvalue(), sheet="Sheet")
        self.assert_problem("no_sheet", content.getvalue(), sheet="Foglio9")

    def test_what_is_no_table(self):
        workbook = xlsx_bytes(ROWS)
        ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w") as other:
            other.writestr("word/document.xml", "<w/>")
        for code, content in (
            ("empty", b""),
            ("empty", b"\r\n \t\r\n"),
            ("empty", b";;;\r\n;;;"),
            ("not_text", b"GIF89a\x01\x00\x02\x00;;;\x00\x00"),
            ("not_text", b"%PDF-1.4\n\x00\x01\x02"),
            ("too_few_columns", b"Nome\r\nRossi\r\nBianchi"),
            ("old_office", ole),
            ("protected", ole + "EncryptedPackage".encode("utf-16-le")),
            ("corrupt", workbook[: len(workbook) // 2]),
            ("corrupt", workbook[:40] + b"\x00" * 4000 + workbook[4040:]),
            ("unknown_format", archive.getvalue()),
            ("too_many_columns", b";".join([b"x"] * 900)),
        ):
            with self.subTest(code=code, content=content[:20]):
                self.assert_problem(code, content)
        self.assert_problem("no_header_row", csv_bytes(ROWS), header_row=99)

    def test_damaged_files_give_rows_or_a_reason(self):
        """No byte in the wrong place ends in a traceback or hangs."""
        rng = random.Random(7)
        rows = [["Nome", "Telefono", "Note"]] + [
            [f"Rossi {number}", f"030 92006{number:02d}", 'due; "tre"']
            for number in range(40)
        ]
        originals = [csv_bytes(rows), csv_bytes(rows, ",", "utf-16"), xlsx_bytes(rows)]
        outcomes = set()
        for _draw in range(400):
            content = bytearray(rng.choice(originals))
            for _byte in range(rng.randint(1, 20)):
                content[rng.randrange(len(content))] = rng.randrange(256)
            if rng.random() < 0.2:
                del content[rng.randrange(len(content)) :]
            try:
                table = open_table(bytes(content))
                read = list(table.rows())
                guess_columns(table.headers, [cells for _number, cells in read])
                outcomes.add("rows")
            except TableProblem as problem:
                outcomes.add(problem.code)
        self.assertGreaterEqual(outcomes, {"rows", "corrupt", "not_text"})


@tagged("post_install", "-at_install")
class TestColumnGuess(BaseCase):
    def guess(self, headers, rows):
        return [target for target, _why in guess_columns(headers, rows)]

    def test_italian_and_english_headers(self):
        for headers, expected in (
            (
                "Cognome;Nome;Via;C.A.P.;Comune;Provincia;Telefono;Cellulare;E-Mail;Fax",
                "last_name first_name street zip city province phone mobile email"
                " ignore",
            ),
            (
                "Ragione Sociale / Cognome Nome;Indirizzo;Località;Prov.;Tel. 1;Tel. 2",
                "full_name street city province phone phone_second",
            ),
            (
                "Company;First Name;Last Name;Phone;Mobile;ZIP;City;VAT;Remarks",
                "company first_name last_name phone mobile zip city vat note",
            ),
            ("Azienda;Referente;Recapito;P.IVA/C.F.", "company full_name phone vat"),
            ("Denominazione;Num. civico;Sigla", "full_name street province"),
        ):
            with self.subTest(headers=headers):
                names = headers.split(";")
                self.assertEqual(
                    self.guess(names, [["x"] * len(names)]), expected.split()
                )

    def test_what_is_known_about_a_customer_is_no_customer(self):
        for headers, expected in (
            ("Codice cliente;Nominativo;Telefono", "note full_name phone"),
            ("Codice cliente;Ragione sociale;Telefono", "note full_name phone"),
            ("Tipo cliente;Cliente;Tel;Cliente dal", "note full_name phone note"),
            ("ID cliente;Data contatto;Contatto", "note note full_name"),
            ("Nome;Indirizzo;Numero civico", "full_name street street"),
            ("Nome;N. civico;Tel", "full_name street phone"),
            ("Nome;Numero cliente;Numero contratto", "full_name note note"),
            ("Nome;Numero polizza;N. pratica", "full_name note note"),
            ("Nome;Comune di nascita;Provincia di nascita", "full_name note note"),
            ("Nome;Data di nascita;Luogo di nascita", "full_name birth_date note"),
            (
                "Nome;Numero telefono cliente;Cellulare cliente",
                "full_name phone mobile",
            ),
            ("Nome;Codice fiscale cliente;Codice postale", "full_name fiscal_code zip"),
            ("Nome;Numero di telefono;Numero dipendenti", "full_name phone note"),
            ("Numero;Nome;Tel", "ignore full_name phone"),
        ):
            with self.subTest(headers=headers):
                names = headers.split(";")
                self.assertEqual(
                    self.guess(names, [["x"] * len(names)]), expected.split()
                )

    def test_a_column_of_numbers_is_what_it_holds(self):
        rows = [[f"Rossi {one}", f"335 12345{one}7", str(one)] for one in range(9)]
        for header in ("Numero", "N.", "Num."):
            guessed = self.guess(["Nome", header, "Prog."], rows)
            self.assertEqual(guessed, ["full_name", "mobile", "ignore"])
        rows = [
            [f"Rossi {'abcdefghi'[one]}", str(one + 1), "030 920066" + str(one)]
            for one in range(9)
        ]
        self.assertEqual(
            self.guess(["Nome", "Numero", "Tel"], rows),
            ["full_name", "ignore", "phone"],
        )

    def test_codes_are_no_names(self):
        rows = [[f"C00{one}", "Rossi Ada", "030 9200669"] for one in range(9)]
        self.assertEqual(
            self.guess(["Cliente", "Chi", "Tel"], rows), ["note", "full_name", "phone"]
        )

    def test_content_tells_without_headers(self):
        rows = [
            [
                "Rossi Ugo",
                "20121",
                "Milano",
                "MI",
                "02 8793 5112",
                "3486955367",
                "",
                "",
            ],
            ["Bar Sport", "25036", "Brescia", "BS", "030 920 0669", "", "a@b.it", ""],
            ["Verdi Anna", "24121", "Bergamo", "bg", "", "3922007859", "c@d.it", ""],
            ["Neri Ada", "20127", "Milano", "MI", "02/26121212", "335 7124569", "", ""],
            ["Officina Bo", "27100", "Pavia", "(PV)", "0382 899214", "", "e@f.it", ""],
        ]
        self.assertEqual(
            self.guess([""] * 8, rows),
            [
                "full_name",
                "zip",
                "city",
                "province",
                "phone",
                "mobile",
                "email",
                "ignore",
            ],
        )

    def test_content_overrules_a_header_that_lies(self):
        rows = [[f"Rossi {letter}", f"{letter}@example.com"] for letter in "abcdef"]
        self.assertEqual(self.guess(["Nome", "Telefono"], rows)[1], "email")

    def test_a_column_nobody_knows_goes_into_the_notes(self):
        rows = [["Rossi", "030 9200669", "Classe B"]]
        self.assertEqual(self.guess(["Nome", "Tel", "Zona climatica"], rows)[2], "note")


@tagged("post_install", "-at_install")
class TestNameText(BaseCase):
    def test_capitals(self):
        for kind, written, expected in (
            ("person", "ROSSI MARIO", "Rossi Mario"),
            ("person", "D'ANGELO LUCA", "D'Angelo Luca"),
            ("person", "DI PIETRO ANNA", "Di Pietro Anna"),
            ("person", "NICOLO' ESPOSITO", "Nicolò Esposito"),
            ("person", "DE LUCA-ROSSI ADA", "De Luca-Rossi Ada"),
            ("person", "rossi mario", "Rossi Mario"),
            ("person", "Rossi MARIO", "Rossi MARIO"),
            ("person", "McDonald Ada", "McDonald Ada"),
            ("company", "VIVAI ROSSI & C. S.R.L.", "Vivai Rossi & C. S.r.l."),
            ("company", "AUTO BIANCHI SPA", "Auto Bianchi SPA"),
            ("company", "F.LLI RIVA S.N.C.", "F.lli Riva S.n.c."),
            ("company", "SOCIETA' AGRICOLA DI RIVA", "Società Agricola di Riva"),
            ("company", "LAVANDERIA DELL'ANGELO", "Lavanderia dell'Angelo"),
            ("company", "S.R.L.S. NUOVA", "S.r.l.s. Nuova"),
            ("place", "VIA XX SETTEMBRE 48/A", "Via XX Settembre 48/A"),
            ("place", "VIALE DELL'ARTIGIANATO, 12BIS", "Viale dell'Artigianato, 12bis"),
            ("place", "SANT'ANGELO LODIGIANO", "Sant'Angelo Lodigiano"),
            ("place", "REGGIO NELL'EMILIA", "Reggio nell'Emilia"),
            ("place", "CANTU'", "Cantù"),
        ):
            with self.subTest(written=written):
                self.assertEqual(proper_case(written, kind), expected)

    def test_companies_and_people(self):
        for name in (
            "Vivai Rossi S.r.l.",
            "ROSSI SNC",
            "Panificio Gatti",
            "Bianchi & C.",
            "F.lli Riva",
            "Vetreria di Rossi Mario",
            "S. R. L. Nuova",
        ):
            self.assertTrue(is_company(name), name)
        for name in ("Rossi Mario", "Di Pietro Mario", "De Luca Anna", "Esposito Gian"):
            self.assertFalse(is_company(name), name)
        self.assertTrue(is_company("Rossi Mario", "99224880957"))
        self.assertFalse(is_company("Rossi Mario", "RSSMRA80A01F205X"))

    def test_same_name(self):
        for first, second, expected in (
            ("Rossi Mario", "MARIO ROSSI", True),
            ("Rossi Mario", "Rossi Maria", False),
            ("Rossi Mario", "Rosis Mario", True),
            ("Rossi Mario", "Rossi Mraio", True),
            ("Rossi Gian Luca", "Rossi Gianluca", True),
            ("Rossi Mario", "Bianchi Mario", False),
            ("Rossi Mario", "Rossi", False),
            ("Rossi Mario", "Sig. Rossi Mario", True),
            ("Vivai Rossi & C. S.R.L.", "Vivai Rossi & C. srl", True),
            ("Lavanderia F.lli Pozzi", "Lavanderia Pozzi", True),
            ("Lavanderia Pozzi", "Panificio Pozzi", False),
            ("D'Angelo Ada", "D Angelo Ada", True),
            ("Nicolò Riva", "NICOLO' RIVA", True),
            ("", "Rossi", False),
        ):
            with self.subTest(first=first, second=second):
                self.assertEqual(same_name(name_key(first), name_key(second)), expected)
                self.assertEqual(same_name(name_key(second), name_key(first)), expected)


@tagged("post_install", "-at_install")
class TestNameRow(BaseCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reader = RowReader(HEADERS, TARGETS, {"milano": "MI", "cremona": "CR"})

    def read_cells(self, *cells, **named):
        cells = list(cells) + [""] * (len(HEADERS) - len(cells))
        for target, value in named.items():
            cells[TARGETS.index(target)] = value
        return self.reader.read_row(7, cells)

    def test_phones_go_to_the_field_of_their_kind(self):
        row = self.read_cells("Rossi Ada", phone="348/6955367", mobile="030 9200669")
        self.assertEqual(row.values["phone"], "+39 030 920 0669")
        self.assertEqual(row.values["mobile"], "+39 348 695 5367")
        self.assertFalse(row.values["phone_second"])

    def test_two_and_more_numbers_in_a_cell(self):
        row = self.read_cells(
            "Rossi", phone="030 9200669 / 3486955367; 02 87935112, 335 7124569"
        )
        self.assertEqual(
            row.numbers, ["+390309200669", "+393486955367", "+390287935112"]
        )
        self.assertEqual(row.notes, ["Tel: +39 335 712 4569"])

    def test_two_mobiles(self):
        row = self.read_cells("Rossi", phone="335 7124569", mobile="348 6955367")
        self.assertEqual(row.values["mobile_e164"], "+393357124569")
        self.assertEqual(row.values["phone_second_e164"], "+393486955367")
        self.assertFalse(row.values["phone"])

    def test_what_cannot_be_read_is_kept_in_the_notes(self):
        row = self.read_cells("Rossi", phone="3,33E+09", mobile="348 6955367")
        self.assertEqual(row.notes, ["Tel: 3,33E+09"])
        row = self.read_cells(
            "Rossi", zip="123456", province="Xy", mobile="3486955367", email="r(at)x"
        )
        self.assertEqual(row.notes, ["Prov: Xy", "CAP: 123456", "Mail: r(at)x"])
        self.assertFalse(row.values["zip"])

    def test_lost_zeros_are_put_back_by_province_and_postcode(self):
        for place, written, expected in (
            ({"province": "BG"}, "355542934", "+390355542934"),
            ({"province": "VA"}, "331447511", "+390331447511"),
            ({"zip": "24121"}, "355542934", "+390355542934"),
            ({}, "355542934", "+39355542934"),
            ({"province": "RM"}, "355542934", "+39355542934"),
            ({"province": "BG"}, "3555429340", "+393555429340"),
        ):
            with self.subTest(place=place, written=written):
                row = self.read_cells("Rossi", phone=written, **place)
                self.assertEqual(row.numbers, [expected])

    def test_postcodes(self):
        for province, written, expected in (
            ("LT", "4100", "04100"),
            ("RM", "118", "00118"),
            ("RM", "53", "00053"),
            ("", "4100", "04100"),
            ("MI", "2012", ""),
            ("MI", "20121", "20121"),
            ("MI", "I-20121", "20121"),
            ("MI", "20121.0", "20121"),
            ("MI", "abc", ""),
        ):
            with self.subTest(province=province, written=written):
                row = self.read_cells(
                    "Rossi", zip=written, province=province, phone="x"
                )
                self.assertEqual(row.values["zip"], expected)
        row = self.read_cells("Rossi", zip="6900", city="Lugano", phone="x")
        self.assertEqual((row.values["zip"], row.notes[0]), ("", "CAP: 6900"))

    def test_a_number_that_may_be_rounded_is_remarked(self):
        row = self.read_cells("Rossi", phone="3,48695536E9")
        remark = ("rounded_number", "Tel", "3,48695536E9")
        self.assertEqual((row.numbers, row.remarks), (["+393486955360"], [remark]))
        self.assertFalse(self.read_cells("Rossi", phone="3.486955367E+09").remarks)

    def test_province_by_code_name_or_beside_the_town(self):
        for province, city, expected in (
            ("mi", "Rho", "MI"),
            ("(MI)", "Rho", "MI"),
            ("Milano", "Rho", "MI"),
            ("Monza e Brianza", "Lissone", "MB"),
            ("", "Rho (MI)", "MI"),
            ("", "Rho", ""),
        ):
            with self.subTest(province=province, city=city):
                row = self.read_cells("Rossi", province=province, city=city)
                self.assertEqual(row.province, expected)
                self.assertEqual(row.values["city"], city.split(" (")[0])

    def test_reasons(self):
        good = {"zip": "20121", "province": "MI", "phone": "02 87935112"}
        for problem, cells, named in (
            ("empty", [""], {}),
            ("empty", ["---", "-----", "***"], {}),
            ("repeated_header", HEADERS, {}),
            ("total", ["Totale", "", "", "", "", "4999"], {}),
            ("no_name", [""], {**good, "mobile": "3486955367"}),
            ("no_name", ["n.d."], good),
            ("no_number", ["Rossi Ada"], {"zip": "20121"}),
            ("unreadable_number", ["Rossi Ada"], {"phone": "chiedere"}),
            ("unreadable_number", ["Rossi Ada"], {"phone": "31/02/1935"}),
            ("unreadable_number", ["Rossi Ada"], {"phone": "3333333333"}),
            (
                "shifted",
                ["", "Rossi", "Via Roma 1", "20121", "Rho", "MI", "3486955367"],
                {},
            ),
            ("shifted", ["Via Roma 1", "20121", "Rho", "MI", "02 87935112"], {}),
            ("too_many_cells", ["Rossi", "Via", "20121", *["x"] * 6, "3"], good),
            ("", ["Rossi Ada"], good),
        ):
            with self.subTest(problem=problem, cells=cells):
                self.assertEqual(self.read_cells(*cells, **named).problem, problem)

    def test_a_value_too_long_costs_no_time(self):
        """Patterns that search long texts again and again would hang here."""
        for target in TARGETS:
            for filling in ("a", " a", "1", "(a", "a@", "3/", "'a"):
                row = self.read_cells("Rossi", **{target: filling * 100_000})
                self.assertEqual(row.problem, "too_long")
                self.assertEqual(row.details["length"], len(filling) * 100_000)
                self.read_cells("Rossi", **{target: (filling * 500)[:500]})

    def test_a_row_that_ends_early(self):
        self.assertEqual(
            self.reader.read_row(7, ["Rossi Ada", "Via Roma"]).problem, "too_few_cells"
        )

    def test_rows_above_the_header(self):
        reader = RowReader(HEADERS, TARGETS, header_row=3)
        self.assertEqual(reader.read_row(1, ["Lista 2026"]).problem, "above_header")

    def test_first_and_last_name_and_company(self):
        reader = RowReader(
            ["Ditta", "Cognome", "Nome", "Tel"],
            ["company", "last_name", "first_name", "phone"],
        )
        values = reader.read_row(2, ["RIVA SRL", "ROSSI", "ADA", "030 9200669"]).values
        self.assertEqual(values["name"], "Riva SRL")
        self.assertEqual(values["contact_name"], "Ada Rossi")
        self.assertEqual(values["lead_kind"], "company")
        values = reader.read_row(3, ["", "Rossi", "Ada", "030 9200669"]).values
        self.assertEqual(values["name"], "Ada Rossi")
        self.assertEqual(values["lead_kind"], "person")

    def test_two_emails(self):
        row = self.read_cells("Rossi", email="Ada@Example.ORG; due@example.org")
        self.assertEqual(row.values["email_from"], "ada@example.org")
        self.assertEqual(row.notes, ["Mail: due@example.org"])

    def test_tables_agree(self):
        provinces = {code for codes in PROVINCES_BY_CAP.values() for code in codes}
        self.assertFalse(provinces - set(AREA_CODES))
        self.assertFalse(set(AREA_CODES) - provinces)
