import contextlib
import csv
import html
import io
import itertools
import json
import re
from collections import Counter
from functools import lru_cache

from odoo import models
from odoo.tools import SQL, email_normalize

from odoo.addons.iap.tools import iap_tools

#: Results of rows whose names may be left out of the list.
_LISTED = ("accepted", "updated", "existing")
#: Rows that are written at a time while COPY runs.
_COPY_ROWS = 50
_PLAIN_EMAIL = re.compile(r"[a-z0-9._%+-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}")


class CrmListImport(models.Model):
    """Names written by COPY, with the columns that the ORM would have filled."""

    _inherit = "crm.list.import"

    # ------------------------------------------------------------
    # WHAT ALL NAMES OF AN IMPORT HAVE IN COMMON
    # ------------------------------------------------------------

    def _prepare_lead_constants(self):
        """Return the values that every name of this import is created with.

        :rtype: dict
        """
        company = self._company_of_names()
        team = (
            self.env["crm.team"]
            .with_company(company or self.env.company)
            ._get_default_team_id(domain=[("use_leads", "=", True)])
        )
        return {
            "name": "/",
            "type": "lead",
            "user_id": False,
            "team_id": team.id,
            "company_id": company.id,
            "country_id": self.env.ref("base.it").id,
            # A campaign is on the opportunity only; utm would read a cookie.
            "campaign_id": False,
            "medium_id": False,
            "source_id": False,
        }

    def _make_lead_template(self):
        """Return every column of a lead that the ORM creates with the constants.

        The lead is created and rolled back: so names that come by COPY have whatever
        any addon, also one that isn't written yet, gives to a new lead.

        :return: ``{column: text as PostgreSQL writes it, or None}``
        :rtype: dict
        """
        self.env.flush_all()
        with contextlib.closing(self.env.cr.savepoint()):
            lead = (
                self.env["crm.lead"]
                .with_context(
                    tracking_disable=True,
                    mail_create_nolog=True,
                    mail_create_nosubscribe=True,
                )
                .create(self._prepare_lead_constants())
            )
            lead.flush_recordset()
            columns = [
                field.name
                for field in lead._fields.values()
                if field.store and field.column_type and field.name != "id"
            ]
            row = self.env.execute_query(
                SQL(
                    "SELECT %s FROM crm_lead WHERE id = %s",
                    SQL(", ").join(
                        SQL("%s::text", SQL.identifier(column)) for column in columns
                    ),
                    lead.id,
                )
            )[0]
        moments = self._moment_columns()
        return {
            column: value
            for column, value in zip(columns, row, strict=True)
            if column not in moments
        } | {column: None for column in ("create_date", "write_date")}

    def _import_cache(self, key, compute):
        """Return what is the same for all rows of a batch, computed once."""
        cache = self.env.cr.cache.setdefault(("crm_list_import", self.id), {})
        if key not in cache:
            cache[key] = compute()
        return cache[key]

    def _template(self):
        """Return what all new names have in common; reading the field copies it."""
        return self._import_cache("template", lambda: self.lead_template or {})

    def _moment_columns(self):
        """Return the columns that hold the moment at which a name is created."""
        return {"create_date", "write_date", "date_last_stage_update"}

    # ------------------------------------------------------------
    # WRITE
    # ------------------------------------------------------------

    def _reserve_lead_ids(self, count):
        rows = self.env.execute_query(
            SQL("SELECT nextval('crm_lead_id_seq') FROM generate_series(1, %s)", count)
        )
        return [lead_id for (lead_id,) in rows]

    def _insert_leads(self, created):
        """Insert new names with one COPY, as ``create`` would have made them.

        :param list created: ``(lead id, NameRow)`` of each
        """
        if not created:
            return
        provinces = {code: state.id for code, state in self._provinces().items()}
        leads = [
            {
                "id": lead_id,
                "zone_id": name_row.zone_id,
                **self._prepare_lead_columns(name_row, provinces),
            }
            for lead_id, name_row in created
        ]
        self._set_zones(leads)
        template = dict(self._template())
        template.update(dict.fromkeys(self._moment_columns(), self._now()))
        template.update(create_uid=self.env.uid, write_uid=self.env.uid)
        self._set_probabilities(leads, template)
        own = list(leads[0])
        # What stays empty needs not be written, but where PostgreSQL fills it in.
        filled = self._import_cache("filled", self._filled_columns)
        shared = [
            column
            for column in template
            if column not in own and (template[column] is not None or column in filled)
        ]
        self._copy(
            "crm_lead",
            own + shared,
            ([lead[column] for column in own] for lead in leads),
            [template[column] for column in shared],
        )
        self.env["crm.lead"].invalidate_model()

    def _filled_columns(self):
        """Return the columns of names that PostgreSQL fills in by itself.

        :rtype: set[str]
        """
        rows = self.env.execute_query(
            SQL(
                """SELECT attname::text FROM pg_attribute
                    WHERE attrelid = 'crm_lead'::regclass AND atthasdef"""
            )
        )
        return {name for (name,) in rows}

    def _now(self):
        return self.env.cr.now().isoformat(" ")

    def _prepare_lead_columns(self, name_row, provinces):
        """Return the columns of a new name that come from its row.

        :param NameRow name_row: the row as it was read
        :param dict provinces: ids of the provinces by their code
        :return: value of each column; every row gives the same columns
        :rtype: dict
        """
        values = {key: value or None for key, value in name_row.values.items()}
        email = values["email_from"]
        normalized = self._normalized_email(email)
        numbers = name_row.numbers
        values.update(
            state_id=provinces.get(name_row.province),
            phone_sanitized=numbers[0] if numbers else None,
            phone_state="correct" if values["phone"] else None,
            email_normalized=normalized,
            email_domain_criterion=self._domain_criterion(normalized),
            # Odoo may ask the network whether a domain takes mail: not for each row.
            email_state=("correct" if normalized else "incorrect") if email else None,
            description=self._as_html(name_row.notes),
        )
        return values

    @staticmethod
    def _normalized_email(email):
        """Return what Odoo searches for; a plain address is that already."""
        if not email or _PLAIN_EMAIL.fullmatch(email):
            return email
        return email_normalize(email) or None

    @staticmethod
    def _domain_criterion(normalized):
        """Return what Odoo looks for similar names by: domain, or whole address.

        :param str normalized: an address as ``email_normalize`` returns it
        """
        if not normalized:
            return None
        domain = normalized.rpartition("@")[2]
        return f"@{domain}" if _is_own_domain(domain) else normalized

    @staticmethod
    def _as_html(notes):
        """Return notes as the HTML that the editor of Odoo would save."""
        lines = [line for note in notes for line in note.splitlines()]
        if not lines:
            return None
        return f"<p>{'<br>'.join(html.escape(line, quote=False) for line in lines)}</p>"

    def _set_zones(self, leads):
        """Set the zone of new names, with one query for all their addresses."""
        zones = self.env["crm.zone"]._zones_for(
            [(lead["zip"], lead["state_id"], lead["city"]) for lead in leads]
        )
        for lead in leads:
            lead["zone_id"] = lead.get("zone_id") or (
                zones[
                    lead["zip"] or False,
                    lead["state_id"] or False,
                    lead["city"] or False,
                ]
                or None
            )

    def _set_probabilities(self, leads, template):
        """Set what Odoo's lead scoring foretells, once per distinct combination."""
        # sudo: the statistics are closed to everybody and give away no name
        if not self.env["crm.lead.scoring.frequency"].sudo().search_count([], limit=1):
            return
        model = self.env["crm.lead"]
        scored = ["stage_id", "team_id", *model._pls_get_safe_fields()]
        scored = [name for name in scored if name in template or name in leads[0]]
        combinations = {}
        for lead in leads:
            values = tuple(lead.get(name, template.get(name)) for name in scored)
            combinations.setdefault(values, []).append(lead)
        foretold = self._foretold(scored, combinations)
        for values, group in combinations.items():
            for lead in group:
                lead["automated_probability"] = foretold[values]
                lead["probability"] = foretold[values]

    def _foretold(self, scored, combinations):
        """Return the probability of each combination of values.

        The statistics of a whole archive don't change by what an import brings, so
        that what one batch has asked holds for the next ones.

        :param list scored: names of fields
        :param combinations: values of these fields
        :rtype: dict[tuple, float]
        """
        runtime = self.env.context.get("import_runtime")
        known = runtime.foretold if runtime else {}
        wanted = [values for values in combinations if values not in known]
        model = self.env["crm.lead"]
        samples = model.browse()
        for at, values in enumerate(wanted):
            samples += model.new(
                {
                    name: int(value)
                    if value and model._fields[name].type == "many2one"
                    else value or False
                    for name, value in zip(scored, values, strict=True)
                },
                ref=f"list_import_{at}",
            )
        if samples:
            found, _tooltip = samples._pls_get_naive_bayes_probabilities()
            for values, sample in zip(wanted, samples, strict=True):
                known[values] = found.get(sample.id, 0.0)
        return known

    def _write_results(self, placed, left_out):
        """Note what became of each row of a batch, and count it.

        :param list placed: ``NameRow``, state and id of the name of each
        :param dict left_out: why the list left names out, by their ids
        """
        counted = Counter(left_out=len(left_out))
        staged = self._staged_cells(
            [
                row.number
                for row, state, _lead_id in placed
                if not row.cells and (state == "rejected" or row.problem or row.remarks)
            ]
        )
        rows = []
        for row, state, lead_id in placed:
            reason = self._remarks_sentence(row.remarks) if row.remarks else ""
            if row.problem:
                said = self._reason(row.problem, row.details)
                reason = " ".join(filter(None, (said, reason)))
            counted[state] += 1
            counted["remark"] += state != "rejected" and bool(row.remarks)
            cells = row.cells or staged.get(row.number)
            rows.append(
                (
                    row.number,
                    json.dumps(cells, ensure_ascii=False) if cells else None,
                    state,
                    row.problem or None,
                    reason or None,
                    left_out.get(lead_id) if state in _LISTED else None,
                    lead_id,
                )
            )
        self._copy(
            "crm_list_import_row",
            (
                *("row_number", "cells", "state", "problem", "reason"),
                *("left_out", "lead_id", "import_id"),
            ),
            rows,
            [self.id],
            {lead_id for _row, state, lead_id in placed if state == "accepted"},
        )
        self.env["crm.list.import.row"].invalidate_model()
        self.write(
            {
                f"{state}_count": self[f"{state}_count"] + count
                for state, count in counted.items()
            }
        )

    def _staged_cells(self, numbers):
        """Return the cells of rows that were read well, and yet are to be looked at.

        :rtype: dict[int, list[str]]
        """
        if not numbers:
            return {}
        return dict(
            self.env.execute_query(
                SQL(
                    """SELECT row_number, cells FROM crm_list_import_stage
                        WHERE import_id = %s AND row_number = ANY(%s)""",
                    self.id,
                    numbers,
                )
            )
        )

    def _after_names(self, created, updated):
        """Do what follows from new and changed names, set-based; for other addons.

        :param list created: id and ``NameRow`` of each new name
        :param dict updated: rows of each name that changed, by its id
        """

    def _copy(self, table, columns, rows, constants=(), own_ids=()):
        """Insert rows with COPY.

        :param str table: name of the table
        :param list[str] columns: names of its columns
        :param rows: values of each row in the order of the columns
        :param constants: values of the last columns, the same for every row
        :param own_ids: see ``_checked_once``
        """
        rows, constants = list(rows), tuple(constants)
        shared = columns[len(columns) - len(constants) :]
        empty = [
            name for name, value in zip(shared, constants, strict=True) if value == ""
        ]
        statement = SQL(
            "COPY %s (%s) FROM STDIN WITH (FORMAT csv%s)",
            SQL.identifier(table),
            SQL(", ").join(map(SQL.identifier, columns)),
            # Only an empty text that all share is one; others are no value.
            SQL(
                ", FORCE_NOT_NULL (%s)",
                SQL(", ").join(map(SQL.identifier, empty)),
            )
            if empty
            else SQL(),
        )
        with self._checked_once(table, list(columns), rows, constants, own_ids):
            self.env.cr.copy_expert(
                statement.code, _CopyText((*row, *constants) for row in rows)
            )


class _CopyText:
    """Rows as the text that COPY reads, written while the database takes them in.

    No value and an empty one are the same: nothing stands there.

    :param rows: iterable of rows
    """

    def __init__(self, rows):
        self._rows = iter(rows)
        self._text = io.StringIO()
        # PostgreSQL wants \r in quotes as well as \n: both are of this end of a line.
        self._writer = csv.writer(self._text, lineterminator="\r\n")

    def read(self, _size=-1):  # pylint: disable=method-required-super
        """Return the next rows, or an empty text behind the last one.

        :rtype: str
        """
        self._writer.writerows(itertools.islice(self._rows, _COPY_ROWS))
        text = self._text.getvalue()
        self._text.seek(0)
        self._text.truncate()
        return text


@lru_cache(10_000)
def _is_own_domain(domain):
    """Tell whether a domain is one company's, not one of a provider of mailboxes."""
    found = iap_tools.mail_prepare_for_domain_search(f"somebody@{domain}")
    return found == f"@{domain}"
