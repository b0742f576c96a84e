import pickle
import time
from datetime import date

from odoo.tests import BaseCase, tagged

from ..tools.codes import (
    check_fiscal_code,
    given_name_letters,
    mend_fiscal_code,
    pad_vat_number,
    sex_of,
    sex_of_name,
    surname_letters,
)
from ..tools.email_text import (
    clean_email,
    is_placeholder,
    split_emails,
    suggest_email,
)
from ..tools.name_cell import company_name, person_name
from ..tools.normaliser import (
    PARTS,
    Normaliser,
    area_codes_of,
    clean_zip,
    province_code,
)
from ..tools.places import read_place
from ..tools.street import read_street

#: As written, and as the archive has it.
PERSONS = """
ROSSI MARIO|Rossi Mario
mario rossi|Mario Rossi
DOTT. D'ANGELO NICOLO'|Dott. D'Angelo Nicolò
sig.ra de luca anna|De Luca Anna
DR.SSA ing VERDI ADA|Dott.ssa Ing. Verdi Ada
GENT.MA SIG.RA ROSSI ADA|Rossi Ada
Gentile Marco|Gentile Marco
ROSSI Mario|Rossi Mario
O'NEILL JOHN|O'Neill John
McDonald Ann|McDonald Ann
DELL'ACQUA LUCA|Dell'Acqua Luca
SAN MARTINO ADA|San Martino Ada
Rag. NERI-BIANCHI UGO|Rag. Neri-Bianchi Ugo
Sig. Rossi|Rossi
dott|Dott
NICCOLÒ  PERÒ|Niccolò Però
ROSSI GIUSEPPE 'PINO'|Rossi Giuseppe 'Pino'
'ROSSI MARIO'|'Rossi Mario'
ROSSI 'DETTO PINO' NICOLO'|Rossi 'Detto Pino' Nicolò
ROSSI GIUSEPPE ('PINO')|Rossi Giuseppe ('Pino')
ROSSI MARIO E BIANCHI LUCIA|Rossi Mario e Bianchi Lucia
ROSSI MARIO E|Rossi Mario E
ROSSI E. MARIO|Rossi E. Mario
""".strip().splitlines()
COMPANIES = """
ROSSI SRL|Rossi S.r.l.
Rossi s.r.l.|Rossi S.r.l.
ROSSI S.R.L|Rossi S.r.l.
rossi s r l|Rossi S.r.l.
ROSSI S.r.l.|Rossi S.r.l.
ROSSI MARIO & C. SNC|Rossi Mario & C. S.n.c.
F.LLI ROSSI S.N.C. DI ROSSI MARIO & C.|F.lli Rossi S.n.c. di Rossi Mario & C.
TERME SPA|Terme S.p.A.
Centro SPA Benessere|Centro SPA Benessere
SPA|SPA
ALFA SRLS|Alfa S.r.l.s.
Rossi Società a responsabilità limitata|Rossi S.r.l.
EDIL 2000 S.R.L. UNIPERSONALE|Edil 2000 S.r.l. Unipersonale
BAR SPORT DI ROSSI MARIO|Bar Sport di Rossi Mario
C.A.B. SCARL|C.A.B. S.c.a.r.l.
BAR 'DAL GINO' SRL|Bar 'dal Gino' S.r.l.
""".strip().splitlines()
#: As written, street, civic number, what follows.
STREETS = """
V.LE GARIBALDI 12|Viale Garibaldi|12|
P.zza S. Marco, 3|Piazza San Marco|3|
C.SO VITTORIO EMANUELE II 45/A|Corso Vittorio Emanuele II|45/A|
L.go Augusto n. 7|Largo Augusto|7|
V. Roma 12|Via Roma|12|
C.da Piana snc|Contrada Piana|snc|
Loc. Le Piane s.n.c.|Località Le Piane|snc|
FRAZ. SAN VITO 12 INT 3|Frazione San Vito|12|int. 3
Str. Prov. 12 km 12+300|Strada Provinciale 12|km 12+300|
Via Roma 12/A int. 3|Via Roma|12/A|int. 3
VIA ROMA N°12|Via Roma|12|
VIA ROMA, 12 - SCALA B INT. 4|Via Roma|12|scala B int. 4
Via 25 Aprile 10|Via 25 Aprile|10|
VIA XXV APRILE 10|Via XXV Aprile|10|
via iv novembre, 3 bis|Via IV Novembre|3 bis|
Via S.Antonio 4|Via Sant'Antonio|4|
VIA S. LUCIA 8|Via Santa Lucia|8|
VIA DELL'INDUSTRIA 5|Via dell'Industria|5|
VIALE A. DE GASPERI 100|Viale A. de Gasperi|100|
S.P. 12|SP 12||
Via Roma 12-14|Via Roma|12-14|
Via Roma 12b|Via Roma|12/B|
VIA F.LLI BANDIERA 9|Via Fratelli Bandiera|9|
Via Giovanni XXIII 4|Via Giovanni XXIII|4|
Piazza 1 Maggio 5|Piazza 1 Maggio|5|
P.ZA DUOMO|Piazza Duomo||
Via Zanardelli 1/3 A|Via Zanardelli|1/3/A|
contrada s.anna|Contrada Sant'Anna||
V.le Europa,12|Viale Europa|12|
Via Roma|Via Roma||
12|12||
""".strip().splitlines()
#: Town, postcode, province as written; as they become; remarks.
PLACES = """
BRESCIA,25121,BS|Brescia,25121,BS|
BRESCIA,25100,BS|Brescia,25100,BS|generic_zip
Milano,201xx,MI|Milano,201xx,MI|generic_zip
FORLI',47121,FO|Forlì,47121,FC|
S. ZENO NAVIGLIO,25010,BS|San Zeno Naviglio,25010,BS|
S.Giovanni Rotondo,,FG|San Giovanni Rotondo,71013,FG|
Reggio Emilia,42121,RE|Reggio nell'Emilia,42121,RE|
Lumezane,25065,BS|Lumezzane,25065,BS|
Lumezane,,|Lumezane,,|unknown_city
R iano,67027,AQ|Raiano,67027,AQ|
,25065,|Lumezzane,25065,BS|
Castro,,|Castro,,|ambiguous_city
Castro,,LE|Castro,73030,LE|
Castro,24063,|Castro,24063,BG|
Carbonia,09013,CI|Carbonia,09013,SU|
Olbia,07026,OT|Olbia,07026,SS|
Bozen,39100,BZ|Bolzano,39100,BZ|
Lido di Ostia,00121,RM|Lido di Ostia,00121,RM|
Roma,00187,MI|Roma,00187,RM|
Brescia,20121,BS|Brescia,20121,BS|other_zip
Montichiari (BS),25018,|Montichiari,25018,BS|
Monza,20052,MI|Monza,20052,MI|other_province
Poetto,09126,CA|Poetto,09126,CA|unknown_city
xyzzy,99999,|xyzzy,99999,|unknown_city unknown_zip
""".strip().splitlines()
#: As dictated, as the archive has it, the suggestion.
EMAILS = """
Mario.Rossi@GMAIL.COM|mario.rossi@gmail.com|
mailto: Mario.Rossi @ GMAIL,COM.|mario.rossi@gmail.com|
<a@b.it>|a@b.it|
mario(at)gmail.com|mario@gmail.com|
mario.rossi@gmial.com|mario.rossi@gmial.com|mario.rossi@gmail.com
x@libero.com|x@libero.com|x@libero.it
u@gmail.it|u@gmail.it|u@gmail.com
info@tim.it|info@tim.it|
a@b.it; c@d.it|a@b.it; c@d.it|
nessuna|nessuna|
""".strip().splitlines()


@tagged("post_install", "-at_install")
class TestNormaliser(BaseCase):
    # ------------------------------------------------------------
    # TABLES
    # ------------------------------------------------------------

    def test_names_of_persons(self):
        for line in PERSONS:
            written, expected = line.split("|")
            with self.subTest(written=written):
                self.assertEqual(person_name(written), expected)

    def test_names_of_companies(self):
        for line in COMPANIES:
            written, expected = line.split("|")
            with self.subTest(written=written):
                self.assertEqual(company_name(written), expected)

    def test_streets_and_civic_numbers(self):
        for line in STREETS:
            written, *expected = line.split("|")
            with self.subTest(written=written):
                street = read_street(written)
                self.assertEqual([street.name, street.number, street.detail], expected)
                # What was put together again is split in the same way.
                self.assertEqual(read_street(str(street)), street)

    def test_places(self):
        for line in PLACES:
            written, expected, remarks = line.split("|")
            with self.subTest(written=written):
                place = read_place(*written.split(","))
                found = f"{place.city},{place.zip},{place.province}"
                self.assertEqual(found, expected)
                self.assertEqual(" ".join(code for code, _f in place.remarks), remarks)

    def test_suggestions_of_places(self):
        ways = read_place("Castro", "", "").suggestions["city"]
        self.assertEqual(
            [(way["province"], way["zip"]) for way in ways],
            [("BG", "24063"), ("LE", "73030")],
        )
        ways = read_place("Gavardo", "25086", "BS").suggestions["zip"]
        self.assertIn({"zip": "25085"}, ways)
        self.assertIn({"city": "Rezzato", "province": "BS"}, ways)
        ways = read_place("Lumezane", "", "").suggestions["city"]
        self.assertEqual(ways[0]["city"], "Lumezzane")

    def test_postcodes_and_provinces(self):
        self.assertEqual(clean_zip("118.0", "RM"), "00118")
        self.assertEqual(clean_zip("IT-25121"), "25121")
        # 1180 lost a zero in Rome's 01180, not in Brescia.
        self.assertEqual(clean_zip("1180", "BS"), "1180")
        self.assertEqual(clean_zip("boh"), "boh")
        # Four digits may be another country's: the place has to say.
        for city in ("Lugano", "LUGANO", "Innsbruck"):
            self.assertEqual(clean_zip("6900", city=city), "6900")
            self.assertEqual(clean_zip("6020", city=city), "6020")
        for written, city in (
            ("4100", "LATINA"),
            ("4100", "Latna"),
            ("7026", "Olbia (SS)"),
            ("118", "Roma"),
            ("100", "Roma"),
            ("9013", "CARBONIA"),
            ("4100", ""),
            ("9013", ""),
        ):
            self.assertEqual(clean_zip(written, city=city), written.zfill(5), city)
        # The nearest town of that postcode is no town of such a name.
        self.assertEqual(clean_zip("6900"), "6900")
        self.assertEqual(area_codes_of("", "6600"), ())
        self.assertIn("0871", area_codes_of("", "66100"))
        self.assertEqual(province_code("reggio nell'emilia"), "RE")
        self.assertEqual(province_code("Bolzano/Bozen"), "BZ")
        self.assertEqual(province_code("bs"), "BS")
        self.assertEqual(province_code("Atlantide"), "")

    def test_addresses_of_e_mail(self):
        for line in EMAILS:
            written, expected, suggestion = line.split("|")
            with self.subTest(written=written):
                self.assertEqual(clean_email(written), expected)
                self.assertEqual(suggest_email(expected), suggestion)
        for placeholder in ("no@no.it", "noemail@libero.it", "nd@nd.it", "x@xxx.it"):
            self.assertTrue(is_placeholder(placeholder), placeholder)
        for real in ("nora@libero.it", "info@rossi.it", "no.reply@azienda.it"):
            self.assertFalse(is_placeholder(real), real)

    def test_several_addresses_of_e_mail_in_one_cell(self):
        both = ["a@libero.it", "b@gmail.com"]
        for written in (
            "a@libero.it; b@gmail.com",
            "A@LIBERO.IT b@gmail.com",
            "a@libero.it, b@gmail.com,",
            "a@libero.it - b@gmail.com",
            "a@libero.it e b@gmail.com",
            "a@libero.it/b@gmail.com; a@libero.it",
        ):
            self.assertEqual(split_emails(written), both, written)
        for written in ("a@libero.it; Mario", "a@libero.it; b@", "", "; "):
            self.assertEqual(split_emails(written), [], written)
        done = Normaliser().normalise({"email_from": "A@libero.it; b@gmail.com"})
        self.assertEqual(done.values["email_from"], "a@libero.it")
        self.assertEqual(done.originals["email_from"], "A@libero.it; b@gmail.com")
        self.assertEqual([code for code, _f, _t in done.remarks], ["several_emails"])
        self.assertEqual(
            done.suggestions["email_from"], [{"email_from": "b@gmail.com"}]
        )
        done = Normaliser().normalise({"email_from": "a@libero.it; A@libero.it"})
        self.assertEqual((done.values["email_from"], done.remarks), ("a@libero.it", []))
        done = Normaliser().normalise({"email_from": "a@libero.it; b@"})
        self.assertEqual(done.values["email_from"], "a@libero.it; b@")
        self.assertEqual([code for code, _f, _t in done.remarks], ["unreadable_email"])

    def test_fiscal_codes(self):
        code = "RSSMRA80A01H501U"
        self.assertEqual(mend_fiscal_code("rss mra 80a01-h501u"), code)
        # O for 0, as it is read aloud and typed.
        self.assertEqual(mend_fiscal_code("RSSMRA8OAO1H5O1U"), code)
        self.assertEqual(mend_fiscal_code("RSSMRA80A01H501X"), "")
        self.assertEqual(surname_letters("Fo"), "FOX")
        self.assertEqual(surname_letters("D'Angelo"), "DNG")
        self.assertEqual(given_name_letters("Gianfranco"), "GFR")
        self.assertEqual(given_name_letters("Ugo"), "GUO")
        self.assertEqual(sex_of(code), "M")
        right = check_fiscal_code(code, "Dott. Rossi Mario", date(1980, 1, 1), "m")
        self.assertEqual((right.name, right.birth_date, right.sex), (True, True, True))
        wrong = check_fiscal_code(code, "Bianchi Ugo", date(1980, 1, 2), "F")
        self.assertEqual(
            (wrong.name, wrong.birth_date, wrong.sex), (False, False, False)
        )
        # The order of the words doesn't matter, a second given name neither.
        for name in ("Mario Rossi", "ROSSI MARIO ANDREA"):
            self.assertTrue(check_fiscal_code(code, name).name, name)

    def test_homocody_is_understood(self):
        # The last digit of the place is a letter where two people share a code.
        code = "RSSMRA80A01H50MM"
        self.assertEqual(mend_fiscal_code("RSSMRA80A01H50MM"), code)
        self.assertTrue(
            check_fiscal_code(code, "Rossi Mario", date(1980, 1, 1)).birth_date
        )

    def test_numbers_of_companies(self):
        self.assertEqual(pad_vat_number("764350017"), "00764350017")
        self.assertEqual(pad_vat_number("IT 00764350017"), "00764350017")
        self.assertEqual(pad_vat_number("12"), "")

    # ------------------------------------------------------------
    # WHOLE ROWS
    # ------------------------------------------------------------

    def test_a_row_with_everything(self):
        done = Normaliser().normalise(
            {
                "name": "ROSSI SRL",
                "partner_name": "ROSSI SRL",
                "contact_name": "SIG. NICOLO' VERDI",
                "phone": "030/9200669 - 333 1234567",
                "mobile": "",
                "phone_second": "",
                "email_from": "A@GMIAL.COM",
                "vat_number": "764350014",
                "street": "V.LE ROMA",
                "street2": "N. 12/A",
                "zip": "25065",
                "city": "LUMEZANE",
                "province": "brescia",
            }
        )
        self.assertEqual(done.values["name"], "Rossi S.r.l.")
        self.assertEqual(done.values["contact_name"], "Nicolò Verdi")
        self.assertEqual(done.values["phone"], "+39 030 920 0669")
        self.assertEqual(done.values["mobile"], "+39 333 123 4567")
        self.assertEqual(done.values["street"], "Viale Roma 12/A")
        self.assertEqual(done.values["street2"], "")
        self.assertEqual(done.values["city"], "Lumezzane")
        self.assertEqual(done.values["province"], "BS")
        self.assertEqual(done.originals["street"], "V.LE ROMA")
        self.assertEqual(done.originals["street2"], "N. 12/A")
        self.assertNotIn("zip", done.originals)
        self.assertEqual(
            done.suggestions["email_from"], [{"email_from": "a@gmail.com"}]
        )

    def test_each_part_on_its_own(self):
        row = {
            "contact_name": "ROSSI ADA",
            "phone": "0309200669",
            "email_from": "A@B.IT",
            "fiscal_code": "rssmra80a01h501u",
            "street": "VIA ROMA 1",
        }
        fields = dict(zip(PARTS, row, strict=True))
        for part in PARTS:
            done = Normaliser([part]).normalise(row)
            changed = {name for name in row if done.values[name] != row[name]}
            self.assertEqual(changed, {fields[part]})

    def test_another_country_keeps_its_addresses(self):
        row = {
            "street": "RUE DE LA GARE 1",
            "city": "PARIS",
            "zip": "750",
            "country": "FR",
        }
        self.assertEqual(Normaliser().normalise(row).originals, {})

    def test_a_number_with_words_is_suggested_not_changed(self):
        done = Normaliser().normalise({"phone": "3331234567 (Mario)", "mobile": ""})
        self.assertEqual(done.values["phone"], "3331234567 (Mario)")
        self.assertEqual(done.suggestions["phone"], [{"phone": "+39 333 123 4567"}])

    def test_the_title_of_an_opportunity_is_free(self):
        done = Normaliser().normalise({"name": "FOTOVOLTAICO", "contact_name": "ROSSI"})
        self.assertEqual(done.values["name"], "FOTOVOLTAICO")

    def test_a_code_of_somebody_else_is_remarked(self):
        done = Normaliser().normalise(
            {"contact_name": "Bianchi Ugo", "fiscal_code": "RSSMRA80A01H501U"}
        )
        self.assertEqual(done.remarks[0][:2], ("code_of_another_name", "fiscal_code"))

    def test_a_code_of_the_other_sex_is_remarked(self):
        """Mario and Maria have the same letters: the day of birth tells them apart."""

        def remarks(name, code):
            done = Normaliser().normalise({"contact_name": name, "fiscal_code": code})
            return [remark for remark, _field, _text in done.remarks]

        man, woman = "RSSMRA80A01H501U", "RSSMRA80A41H501Y"
        self.assertEqual(mend_fiscal_code(woman), woman)
        self.assertEqual(remarks("Rossi Maria", man), ["code_of_another_sex"])
        self.assertEqual(remarks("Mario Rossi", woman), ["code_of_another_sex"])
        self.assertEqual(remarks("Rossi Maria", woman), [])
        self.assertEqual(remarks("Rossi Mario", man), [])
        # Another person altogether is said once; who has no known name is not judged.
        self.assertEqual(remarks("Bianchi Ada", man), ["code_of_another_name"])
        self.assertEqual(remarks("Rossi", man), [])
        self.assertEqual(sex_of_name("Marino Wilma", "MRNWLM80A41H501H"), "")
        self.assertEqual(sex_of_name("Rossi Andrea", "RSSNDR80A01H501L"), "")

    def test_a_rounded_number_is_asked_not_taken(self):
        done = Normaliser().normalise({"phone": "3.48695536E+09", "mobile": ""})
        self.assertEqual(done.values, {"phone": "3.48695536E+09", "mobile": ""})
        self.assertEqual(done.remarks[0][:2], ("rounded_phone", "phone"))
        self.assertEqual(done.suggestions["phone"], [{"phone": "+39 348 695 5360"}])

    def test_a_town_abroad_keeps_its_postcode(self):
        done = Normaliser().normalise({"city": "Lugano", "zip": "6900", "province": ""})
        self.assertEqual((done.values["city"], done.values["zip"]), ("Lugano", "6900"))
        self.assertIn(("unknown_zip", "zip"), [remark[:2] for remark in done.remarks])

    # ------------------------------------------------------------
    # SPEED, AND OTHER PROCESSES
    # ------------------------------------------------------------

    def test_it_can_be_sent_to_another_process(self):
        twin = pickle.loads(pickle.dumps(Normaliser(("names",), "FR")))
        self.assertEqual((twin.parts, twin.country), (frozenset(["names"]), "FR"))

    def test_it_is_quick(self):
        """A tenth of what it does alone on a core, so that a busy machine passes."""
        rows = [
            {
                "contact_name": f"ROSSI {number % 997} MARIO",
                "phone": f"030/{200000 + number}",
                "mobile": f"33312{10000 + number}",
                "street": f"V.LE GARIBALDI {number % 300}",
                "zip": "25121",
                "city": "BRESCIA",
                "province": "BS",
            }
            for number in range(4000)
        ]
        normaliser = Normaliser()
        normaliser.normalise(rows[0])
        start = time.process_time()
        for row in rows:
            normaliser.normalise(row)
        self.assertGreater(len(rows) / (time.process_time() - start), 2300)
