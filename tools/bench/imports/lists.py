"""Lists as a seller would send them, made of the names of the big database."""

import itertools

from ...environment import databases, settings
from ..archive import build

FOLDER = settings.LOCAL / "bench"
#: The same names in other writings: capitals, numbers without prefix, lost zeros.
_ROWS = """
    SELECT CASE l.id % 4 WHEN 0 THEN upper(l.name) ELSE l.name END
               AS "Ragione Sociale / Cognome Nome",
           CASE WHEN l.id % 5 = 0 THEN upper(l.street)
                ELSE replace(l.street, 'Viale', 'V.le') END AS "Indirizzo",
           CASE WHEN l.id % 6 = 0 THEN ltrim(l.zip, '0') ELSE l.zip END AS "CAP",
           CASE WHEN l.id % 5 = 0 THEN upper(l.city) ELSE l.city END AS "Località",
           s.code AS "Prov.",
           CASE l.id % 3 WHEN 0 THEN replace({phone}, '+39', '') WHEN 1 THEN {phone}
                ELSE replace({phone}, '+39', '0039 ') END AS "Telefono",
           CASE WHEN l.id % 2 = 0 THEN replace({mobile}, '+39', '')
                ELSE {mobile} END AS "Cellulare",
           CASE WHEN l.id % 9 = 0 THEN upper(l.email_from) ELSE l.email_from END
               AS "E-mail",
           coalesce(l.vat_number, l.fiscal_code) AS "P.IVA/C.F.",
           CASE WHEN l.id % 10 = 0 THEN 'richiamare dopo le 18; non prima' END AS "Note"
      FROM crm_lead l LEFT JOIN res_country_state s ON s.id = l.state_id
     WHERE l.type = 'lead' AND ({condition}) ORDER BY l.id LIMIT {limit}"""
#: Where the telephones stand in a row.
_NUMBERS = (5, 6)
#: Four digits of a number turned round: a number that nobody has, of the same place.
_OTHER = "overlay({0} placing reverse(right({0}, 4)) from length({0}) - 3)"


def whole(size):
    """Return a file of all names of the big database.

    :param int size: names of the database
    :rtype: Path
    """
    return _written(
        f"names_{size}.csv",
        size,
        _ROWS.format(
            phone="l.phone_e164", mobile="l.mobile_e164", condition="true", limit=size
        ),
    )


def largest(size, rows):
    """Return a file of as many rows as one may have, made of the names of the database.

    Each time that the names come again their numbers are others, so that nobody is
    known.

    :param int size: names of the database
    :param int rows: of the file
    :rtype: Path
    """
    path = FOLDER / f"largest_{size}_{rows}.csv"
    if path.exists():
        return path
    source, draft = whole(size), path.with_suffix(".draft")
    with draft.open("w", encoding="utf-8") as file:
        left = rows
        for turn in range(-(-rows // size)):
            with source.open(encoding="utf-8") as names:
                header = next(names)
                if not turn:
                    file.write(header)
                file.writelines(
                    _turned(line, turn) for line in itertools.islice(names, left)
                )
                left -= min(left, size)
    draft.rename(path)
    return path


def _turned(line, turn):
    """Return a line whose telephones end otherwise in each turn."""
    cells = line.split(";")
    for at in _NUMBERS:
        digits = cells[at][-4:]
        if turn and len(digits) == 4 and digits.isdecimal():
            cells[at] = f"{cells[at][:-4]}{(int(digits) + 2503 * turn) % 10_000:04}"
    return ";".join(cells)


def week(size, rows):
    """Return a file of names of whom one in five is known already.

    :param int rows: how many
    :rtype: Path
    """
    step = max(1, size // (rows + rows // 10))
    known = "l.id % 5 = 0"
    numbers = {
        name: f"CASE WHEN {known} THEN l.{name}_e164 ELSE "
        + _OTHER.format(f"l.{name}_e164")
        + " END"
        for name in ("phone", "mobile")
    }
    return _written(
        f"week_{size}_{rows}.csv",
        size,
        _ROWS.format(**numbers, condition=f"l.id % {step} = 1", limit=rows),
    )


def _written(filename, size, query):
    path = FOLDER / filename
    if path.exists():
        return path
    database = build.name(size)
    build.ensure(database, size)
    FOLDER.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".draft")
    sql = " ".join(query.split())
    databases.client(
        *("psql", "-XAtq", "-d", database, "-c"),
        f"\\copy ({sql}) TO '{draft}' WITH (FORMAT csv, HEADER, DELIMITER ';')",
    )
    draft.rename(path)
    return path
