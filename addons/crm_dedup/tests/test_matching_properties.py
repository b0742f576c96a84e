import subprocess
import sys
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..tools.matching import worker
from ..tools.matching.archive import pack, unpack
from ..tools.matching.frequencies import Frequencies
from ..tools.matching.keys import keys_of
from ..tools.matching.matcher import Matcher
from ..tools.matching.prepare import prepare
from ..tools.matching.record import MatchRecord

WORDS = st.sampled_from(
    "Mario Maria Rossi Russo Beppe Giuseppe De Luca D'Angelo S.r.l. Bar di M. É ß"
    " Zanardelli Zanardeli 12 & F.lli Condominio".split()
)
NAMES = st.one_of(
    st.lists(WORDS, max_size=5).map(" ".join), st.text(max_size=25), st.just("")
)
CODES = st.sampled_from(
    ["", "ZNRMRA40A01B157K", "ZNRMRA40A01B157X", "RSSMRA70C12F205Q", "x", "É"]
)
RECORDS = st.builds(
    MatchRecord,
    id=st.integers(1, 10**6),
    person=NAMES,
    company=NAMES,
    phones=st.lists(
        st.sampled_from(
            ["+393351234599", "+393351234590", "+390302345678", "+393333333333", ""]
        ),
        max_size=3,
    ).map(tuple),
    email=st.sampled_from(
        ["", "a@b.it", "mario.rossi@libero.it", "x", "@", "noreply@a.it"]
    ),
    fiscal_code=CODES,
    vat_number=st.sampled_from(
        ["", "01234567897", "IT01234567897", "1", "00000000000"]
    ),
    birth_date=st.one_of(
        st.none(), st.dates(), st.sampled_from(["", "1970", "19700231"])
    ),
    street=st.one_of(
        NAMES, st.sampled_from(["Via Roma 1", "V. ROMA, N. 1/A", "1", "snc"])
    ),
    zip=st.sampled_from(["", "25128", "2512", "x"]),
    city=st.sampled_from(["", "Brescia", "S. Donato", "(MI)", "'"]),
    province=st.sampled_from(["", "BS"]),
    street2=NAMES,
)


@tagged("post_install", "-at_install")
class TestMatchingProperties(BaseCase):
    """What holds for whatever stands in the archive."""

    @given(RECORDS, RECORDS)
    @settings(max_examples=300, deadline=None)
    def test_the_order_makes_no_difference(self, first, second):
        matcher = Matcher()
        one, other = matcher.compare(first, second), matcher.compare(second, first)
        self.assertEqual((one.score, one.verdict), (other.score, other.verdict))
        self.assertEqual(
            sorted((r.code, r.points) for r in one.reasons),
            sorted((r.code, r.points) for r in other.reasons),
        )

    @given(RECORDS)
    @settings(max_examples=200, deadline=None)
    def test_what_is_written_survives_the_archive(self, record):
        prepared = prepare(record)
        self.assertEqual(unpack(record.id, pack(prepared)), prepared)
        keys = keys_of(record)
        self.assertEqual(len(keys), len(set(keys)))
        self.assertTrue(all(-(2**63) <= key < 2**63 for key in keys))

    @given(
        st.sampled_from(["Zanardelli", "Brambilla", "Fumagalli", "Rossi"]),
        st.sampled_from(["Mario", "Giuseppina", "Anna Maria", "Ionut"]),
        st.integers(10**6, 10**7 - 1),
    )
    @settings(max_examples=60, deadline=None)
    def test_the_same_rich_record_is_one(self, surname, given_name, number):
        record = MatchRecord(
            id=1,
            person=f"{given_name} {surname}",
            phones=(f"+39335{number}",)
            if len(set(str(number))) > 2
            else ("+393351234599",),
            email=f"{surname}{number}@libero.it",
            street="Via Giuseppe Garibaldi 12",
            zip="25128",
            city="Brescia",
        )
        self.assertEqual(
            Matcher(None, Frequencies()).compare(record, record).verdict, "same"
        )

    def test_keys_are_the_same_in_every_process(self):
        """Python's own hashes differ from process to process."""
        record = MatchRecord(
            1, "Mario Rossi", phones=("+393351234599",), city="Brescia"
        )
        code = (
            "import importlib.util, sys\n"
            f"spec = importlib.util.spec_from_file_location('w', {worker.__file__!r})\n"
            "worker = importlib.util.module_from_spec(spec)\n"
            "spec.loader.exec_module(worker)\n"
            "Record = worker.load('matching.record').MatchRecord\n"
            "record = Record(1, 'Mario Rossi', phones=('+393351234599',),"
            " city='Brescia')\n"
            "print(worker.load('matching.keys').keys_of(record))\n"
        )
        for seed in ("1", "2"):
            done = subprocess.run(
                [sys.executable, "-c", code],
                env={"PYTHONHASHSEED": seed, "PATH": "/usr/bin:/bin"},
                cwd=Path(worker.__file__).parent,
                capture_output=True,
                text=True,
                check=True,
            )
            self.assertEqual(done.stdout.strip(), str(keys_of(record)))
