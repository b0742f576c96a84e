"""Lists as a seller would send them, made of the names of the big database."""

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
