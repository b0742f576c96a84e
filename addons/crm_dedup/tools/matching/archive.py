"""Search for duplicates over a whole archive: keys, candidates, scores, groups.

Functions over a cursor of psycopg2 that know nothing of Odoo, so that processes outside
its registry can do the work (``pool.py``). Each does one batch, deletes first what an
earlier try of the same batch left, and leaves the commit to the caller: a run that is
cancelled or killed goes on with the batch in which it was.

The order of a full run, each step over as many batches as one likes::

    create_tables(cursor)                        # empty forms, candidates and results
    make_keys(cursor, source, first, last)       # ids from .. to, both included
    index_keys(cursor), vacuum_keys(connection)  # once all keys are there
    find_candidates(cursor, settings, part, parts)
    index_candidates(cursor)
    score_candidates(cursor, matcher, first, last)
    groups(cursor, matcher)                      # survivor first

Ids are those of names; those of customers are negative (a customer -7 is res_partner
7), so names, customers and both against each other are one run.
"""

import io
import json

from .clusters import clusters_of, completeness
from .keys import keys_of
from .prepare import Prepared, prepare
from .record import MatchRecord

#: Names as ``MatchRecord`` wants them, in the order of its fields.
LEADS = """
    SELECT lead.id,
           CASE WHEN lead.contact_name > '' OR lead.partner_name > ''
                     OR lead.type <> 'lead' OR lead.lead_kind = 'company'
                THEN lead.contact_name ELSE lead.name END,
           CASE WHEN lead.contact_name > '' OR lead.partner_name > ''
                     OR lead.type <> 'lead' OR lead.lead_kind IS DISTINCT FROM 'company'
                THEN lead.partner_name ELSE lead.name END,
           concat_ws(' ', lead.phone_e164, lead.mobile_e164, lead.phone_second_e164),
           lead.email_normalized, lead.fiscal_code, lead.vat_number, lead.birth_date,
           lead.street, lead.zip, lead.city, state.code, lead.street2
      FROM crm_lead lead
 LEFT JOIN res_country_state state ON state.id = lead.state_id
     WHERE lead.active AND lead.id BETWEEN %(first)s AND %(last)s"""

_FIELD, _PART = "\x1f", "\x1e"
#: Fields of ``Prepared`` that hold several values.
_MANY = (1, 2, 4, 11)
#: Rows that are read from the server at a time.
_PAGE = 5000


#: Telephones and e-mails that more than three names have, with how many, read from the
#: fourth and fifth value of the forms.
SHARED_VALUES = f"""
    SELECT value, count(*)
      FROM crm_dedup_form
CROSS JOIN LATERAL unnest(
               string_to_array(split_part(form, '{_FIELD}', 4), '{_PART}')
               || split_part(form, '{_FIELD}', 5)) AS shared(value)
     WHERE holder > 0 AND end_id = 0 AND value > ''
  GROUP BY value HAVING count(*) > 3"""


def create_tables(cursor, keep_keys=False):
    """Create what a full run works with; what an earlier run left is gone.

    ``crm_dedup_form`` holds the records as they are compared, with whose they are and
    the keys of their rules; ``crm_dedup_candidate`` the pairs to compare and
    ``crm_dedup_found`` the outcome: unlogged, they are worth nothing after a crash of
    the server. ``raw`` is what no process outside Odoo can read by itself, ``end_id``
    what a merged record has become.

    :param bool keep_keys: the keys are there and stay
    """
    drop_tables(cursor)
    cursor.execute(
        """CREATE TABLE IF NOT EXISTS crm_dedup_key (
               key bigint NOT NULL, holder integer NOT NULL);
           CREATE UNLOGGED TABLE crm_dedup_form (
               holder integer NOT NULL, form text NOT NULL,
               company_id integer NOT NULL DEFAULT 0,
               customer_id integer NOT NULL DEFAULT 0,
               is_contact boolean NOT NULL DEFAULT false,
               may_have_kin boolean NOT NULL DEFAULT false,
               rules bigint[], raw json, end_id integer NOT NULL DEFAULT 0);
           CREATE INDEX crm_dedup_form_holder_index ON crm_dedup_form (holder);
           CREATE INDEX crm_dedup_form_end_index ON crm_dedup_form (holder)
            WHERE end_id <> 0;
           CREATE UNLOGGED TABLE crm_dedup_candidate (
               first integer NOT NULL, second integer NOT NULL);
           CREATE UNLOGGED TABLE crm_dedup_found (
               first integer NOT NULL, second integer NOT NULL, score real NOT NULL,
               verdict text NOT NULL, reasons json NOT NULL,
               company_id integer NOT NULL DEFAULT 0,
               may_be_kin boolean NOT NULL DEFAULT false);
           CREATE INDEX crm_dedup_found_first_index ON crm_dedup_found (first)"""
    )
    if not keep_keys:
        cursor.execute(
            """TRUNCATE crm_dedup_key;
               DROP INDEX IF EXISTS crm_dedup_key_key_index, crm_dedup_key_holder_index
            """
        )


def drop_tables(cursor):
    """Drop what a full run works with; the keys stay."""
    cursor.execute(
        """DROP TABLE IF EXISTS crm_dedup_form, crm_dedup_candidate,
                                crm_dedup_ordered, crm_dedup_found"""
    )


# ------------------------------------------------------------
# Keys
# ------------------------------------------------------------


def record_of(row):
    """Return the record of a row of a source such as :data:`LEADS`."""
    holder, person, company, phones, *rest = row
    email, fiscal_code, vat_number, birth_date, *place = rest
    street, code, city, province, street2 = (value or "" for value in place)
    return MatchRecord(
        holder,
        person or "",
        company or "",
        tuple(dict.fromkeys((phones or "").split())),
        email or "",
        fiscal_code or "",
        vat_number or "",
        birth_date,
        street,
        code,
        city,
        province,
        street2,
    )


def make_keys(cursor, source, first, last, again=False, keys=True):
    """Write the keys and forms of the records of a range of ids.

    :param str source: SELECT such as :data:`LEADS`, with ``%(first)s``, ``%(last)s``
    :param bool again: an earlier try may have left some: they go first
    :param bool keys: also write keys, not only forms
    :return: how many records
    :rtype: int
    """
    if again:
        for table in ("crm_dedup_key", "crm_dedup_form"):
            cursor.execute(
                f"DELETE FROM {table} WHERE holder BETWEEN %s AND %s", (first, last)
            )
    cursor.execute(source, {"first": first, "last": last})
    records = [prepare(record_of(row)) for row in cursor.fetchall()]
    copy(
        cursor,
        "crm_dedup_form (holder, form)",
        (f"{record.id}\t{escaped(pack(record))}\n" for record in records),
    )
    if keys:
        copy(
            cursor,
            "crm_dedup_key",
            (f"{key}\t{record.id}\n" for record in records for key in keys_of(record)),
        )
    return len(records)


def copy(cursor, table, lines):
    """Write lines as COPY reads them, into a table or some columns of it."""
    cursor.copy_expert(f"COPY {table} FROM STDIN", io.StringIO("".join(lines)))


def escaped(text):
    """Return a text as a cell of COPY."""
    return text.replace("\\", "\\\\").replace("\t", " ").replace("\n", " ")


def pack(record):
    """Return a prepared record as one text."""
    values = list(record)
    for at in _MANY:
        values[at] = _PART.join(values[at])
    return _FIELD.join(values[1:])


def unpack(holder, text):
    """Return the prepared record that :func:`pack` made a text of."""
    values = text.split(_FIELD)
    for at in _MANY:
        value = values[at - 1]
        values[at - 1] = tuple(value.split(_PART)) if value else ()
    return Prepared(holder, *values)


#: What is indexed once all keys and forms are there, the longest first.
INDEXES = (
    """CREATE INDEX IF NOT EXISTS crm_dedup_key_key_index
           ON crm_dedup_key (key, holder)""",
    """CREATE INDEX IF NOT EXISTS crm_dedup_key_holder_index
           ON crm_dedup_key (holder);
       ANALYZE crm_dedup_form""",
)


def index_keys(cursor, first=0, last=1):
    """Index keys and forms, once all are there.

    :param int first: which of :data:`INDEXES`, to ``last``
    """
    cursor.execute("SET LOCAL maintenance_work_mem = '256MB'")
    for statement in INDEXES[first : last + 1]:
        cursor.execute(statement)


def vacuum_keys(connection):
    """Let the candidates be read from the index alone; not inside a transaction."""
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute("VACUUM (ANALYZE) crm_dedup_key")
    finally:
        connection.autocommit = False


# ------------------------------------------------------------
# Candidates
# ------------------------------------------------------------


def find_candidates(cursor, settings, part=0, parts=1):
    """Write the pairs that have a key in common, of one part of all keys.

    Names come before customers, and each in the order of their numbers: so every pair
    is met at one of its two only, that of a name and a customer at the name.

    :param MatchSettings settings: how many names may share a key
    :param int part: from 0; keys are divided by their size into ``parts``
    :return: keys that too many names have, which were left out
    :rtype: int
    """
    width = 2**64 // parts
    low = -(2**63) + part * width
    high = 2**63 - 1 if part == parts - 1 else low + width - 1
    limits = {
        "low": low,
        "high": high,
        "strong": settings.block_limit,
        "weak": settings.weak_limit,
    }
    cursor.execute("SET LOCAL work_mem = '256MB'")
    cursor.execute(
        """WITH block AS MATERIALIZED (
               SELECT key, array_agg(holder) AS holders,
                      count(*) > CASE WHEN key & 1 = 1 THEN %(weak)s
                                      ELSE %(strong)s END AS is_crowded
                 FROM crm_dedup_key
                WHERE key BETWEEN %(low)s AND %(high)s
             GROUP BY key HAVING count(*) > 1),
           written AS (
               INSERT INTO crm_dedup_candidate
               SELECT DISTINCT one.holder, other.holder
                 FROM block, unnest(block.holders) AS one(holder),
                      unnest(block.holders) AS other(holder)
                WHERE NOT is_crowded
                  AND CASE WHEN one.holder > 0
                           THEN other.holder > one.holder OR other.holder < 0
                           ELSE other.holder < one.holder END)
           SELECT count(*) FROM block WHERE is_crowded AND key & 1 = 0""",
        limits,
    )
    return cursor.fetchone()[0]


def index_candidates(cursor):
    """Put the candidates in order; those that several parts found are there once."""
    cursor.execute(
        """SET LOCAL work_mem = '512MB';
           CREATE UNLOGGED TABLE crm_dedup_ordered AS
           SELECT first, second FROM crm_dedup_candidate GROUP BY first, second
            ORDER BY first, second;
           DROP TABLE crm_dedup_candidate;
           ALTER TABLE crm_dedup_ordered RENAME TO crm_dedup_candidate;
           CREATE INDEX crm_dedup_candidate_index ON crm_dedup_candidate (first);
           ANALYZE crm_dedup_candidate"""
    )


# ------------------------------------------------------------
# Scores
# ------------------------------------------------------------


def score_candidates(cursor, matcher, first, last, again=False):
    """Compare the candidates whose first id is in a range; keep what isn't different.

    :return: how many were compared, and how many kept
    :rtype: tuple[int, int]
    """
    if again:
        cursor.execute(
            "DELETE FROM crm_dedup_found WHERE first BETWEEN %s AND %s", (first, last)
        )
    cursor.execute(
        """SELECT first, second FROM crm_dedup_candidate
            WHERE first BETWEEN %s AND %s""",
        (first, last),
    )
    pairs = cursor.fetchall()
    if not pairs:
        return 0, 0
    forms = read_forms(cursor, {holder for pair in pairs for holder in pair})
    compare, lines = matcher.compare, []
    for one, other in pairs:
        if one not in forms or other not in forms:
            continue
        found = compare(forms[one], forms[other], whole=False)
        if found.verdict != "different":
            lines.append(line_of(one, other, found))
    copy(cursor, "crm_dedup_found", lines)
    return len(pairs), len(lines)


def follow_merges(cursor):
    """Let what was found of merged records count for what these have become.

    Once all candidates are compared: a pair may be there several times afterwards.
    """
    cursor.execute("SELECT EXISTS (SELECT FROM crm_dedup_form WHERE end_id <> 0)")
    if not cursor.fetchone()[0]:
        return
    cursor.execute("SET LOCAL work_mem = '256MB'")
    cursor.execute(
        """WITH merged AS MATERIALIZED (
               SELECT holder, end_id FROM crm_dedup_form WHERE end_id <> 0),
           gone AS (
               DELETE FROM crm_dedup_found
                WHERE first IN (SELECT holder FROM merged)
                   OR second IN (SELECT holder FROM merged)
            RETURNING *),
           meant AS (
               SELECT gone.*, coalesce(mine.end_id, gone.first) AS one,
                      coalesce(theirs.end_id, gone.second) AS other
                 FROM gone
            LEFT JOIN merged mine ON mine.holder = gone.first
            LEFT JOIN merged theirs ON theirs.holder = gone.second),
           ordered AS (
               SELECT *, CASE WHEN one > 0 THEN other > one OR other < 0
                              ELSE other < one END AS is_in_order
                 FROM meant WHERE one <> other)
           INSERT INTO crm_dedup_found
               (first, second, score, verdict, reasons, company_id, may_be_kin)
           SELECT CASE WHEN is_in_order THEN one ELSE other END,
                  CASE WHEN is_in_order THEN other ELSE one END,
                  score, verdict, reasons, company_id, may_be_kin
             FROM ordered"""
    )


def line_of(first, second, comparison, company_id=0, may_be_kin=False):
    """Return a row of ``crm_dedup_found`` as COPY reads it."""
    reasons = json.dumps([[r.code, r.points] for r in comparison.reasons])
    return (
        f"{first}\t{second}\t{comparison.score}\t{comparison.verdict}\t{reasons}"
        f"\t{company_id}\t{may_be_kin}\n"
    )


def read_forms(cursor, holders):
    """Return prepared records by id."""
    cursor.execute(
        """SELECT form.holder, form.form FROM unnest(%s) AS wanted(holder)
             JOIN crm_dedup_form form USING (holder)""",
        [sorted(holders)],
    )
    return {holder: unpack(holder, form) for holder, form in cursor.fetchall()}


# ------------------------------------------------------------
# Groups
# ------------------------------------------------------------


def groups(cursor, matcher, verdicts=("same",)):
    """Return the groups of names that are one, the fullest first in each.

    :param verdicts: pairs that count: ``same``, or ``review`` as well
    :return: lists of ids; see ``clusters.clusters_of``
    :rtype: list[list[int]]
    """
    cursor.execute(
        "SELECT first, second, score FROM crm_dedup_found WHERE verdict = ANY(%s)",
        [list(verdicts)],
    )
    pairs = cursor.fetchall()
    big = _in_big_groups(pairs)
    forms = read_forms(cursor, big)
    least = matcher.guard

    def matches(one, other):
        return matcher.compare(forms[one], forms[other]).score >= least

    def worth(holder):
        return completeness(forms[holder]) if holder in forms else 0

    return clusters_of(pairs, matches, worth)


def _in_big_groups(pairs):
    """Return the ids that stand in more than one pair, and their partners.

    Groups of two need no guard, and need not be read.
    """
    seen, again = set(), set()
    for one, other, *_score in pairs:
        again.update(seen & {one, other})
        seen.update((one, other))
    near = set(again)
    for one, other, *_score in pairs:
        if one in again or other in again:
            near.update((one, other))
    return near
