"""Files for Splink, its virtual environment, and what it found."""

import csv
import json
import subprocess
import sys
from pathlib import Path

from ..environment import settings
from ..environment.shell import run, say
from . import engine

prepare = engine.load("matching.prepare").prepare

VENV = settings.LOCAL / "bench-venv"
_FEBRL = (
    "id given_name surname street_number address_1 suburb postcode date_of_birth"
    " soc_sec_id"
).split()
_ITALIAN = (
    "id name_sorted mobile landline email street zip city fiscal_code vat_number"
).split()


def ensure():
    """Install Splink in a virtual environment of its own; return its Python."""
    python = VENV / "bin/python"
    pins = settings.REQUIREMENTS / "bench.txt"
    stamp = VENV / "pins.txt"
    if not stamp.exists() or stamp.read_text() != pins.read_text():
        say("Installing Splink for the comparison")
        run([sys.executable, "-m", "venv", VENV])
        run([python, "-m", "pip", "install", "--quiet", "--requirement", pins])
        stamp.write_text(pins.read_text())
    return python


def italian_file(records, path):
    """Write records for Splink, normalised as for our own comparison."""
    with open(path, "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(_ITALIAN)
        for record in map(prepare, records):
            mobiles = [n for n in record.phones if n.startswith("+393")]
            landlines = [n for n in record.phones if not n.startswith("+393")]
            writer.writerow(
                [
                    record.id,
                    " ".join(sorted(record.person or record.company)),
                    mobiles[0] if mobiles else "",
                    landlines[0] if landlines else "",
                    record.email,
                    " ".join([*record.street, record.civic]),
                    record.zip,
                    record.city,
                    record.fiscal_code,
                    record.vat_number,
                ]
            )


def febrl_file(records, path):
    """Write records of FEBRL for Splink, their fields apart as they came."""
    with open(path, "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(_FEBRL)
        for record in records:
            given, _space, surname = record.person.partition(" ")
            street, _space, number = record.street.rpartition(" ")
            writer.writerow(
                [
                    record.id,
                    given,
                    surname,
                    number,
                    street,
                    record.city,
                    record.zip,
                    record.birth_date,
                    record.fiscal_code,
                ]
            )


def find(path, kind, read=True):
    """Let Splink find the pairs of a file.

    :param bool read: return the pairs, too
    :return: seconds by step, and pairs with their probability
    :rtype: tuple[dict, dict]
    """
    target = Path(path).with_suffix(".pairs.csv")
    script = Path(__file__).with_name("splink_run.py")
    done = subprocess.run(
        [ensure(), script, path, kind, target],
        check=True,
        capture_output=True,
        text=True,
    )
    seconds = json.loads(done.stdout.splitlines()[-1])
    if not read:
        return seconds, {}
    with open(target, newline="") as file:
        rows = csv.reader(file)
        next(rows)
        pairs = {}
        for one, other, probability in rows:
            one, other = int(one), int(other)
            pairs[min(one, other), max(one, other)] = float(probability)
    return seconds, pairs
