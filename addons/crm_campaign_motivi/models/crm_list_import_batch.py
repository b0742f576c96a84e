import contextlib
import html
import io
import json
import re
from collections import Counter
from dataclasses import dataclass

from odoo import models
from odoo.exceptions import LockError, UserError
from odoo.tools import SQL, email_normalize

from odoo.addons.iap.tools import iap_tools

from ..tools.name_row import PHONE_TARGETS
from ..tools.name_text import name_key, same_name

#: Rows staged with one COPY; memory stays flat whatever the size of the file.
STAGE_SIZE = 5000
_PLAIN_EMAIL = re.compile(r"[a-z0-9._%+-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}")


@dataclass
class KnownName:
    """A name that has a number of the batch: of the archive, or made by the batch."""

    lead_id: int
    name: str
    keys: list
    active: bool = True
    in_list: bool = False
    row_number: int = 0


class CrmListImport(models.Model):
    """How staged rows become names: set-based, one transaction per batch."""

    _inherit = "crm.list.import"

    # ------------------------------------------------------------
    # ACTIONS
    # ------------------------------------------------------------

    def action_import(self):
        """Button: stage the rows and open the dialog that imports them batch by batch.

        Pressed again on an import that was interrupted, it goes on.
        """
        self.ensure_one()
        self._start()
        return {
            "type": "ir.actions.client",
            "tag": "crm_list_import_progress",
            "name": self.env._("Importing %(name)s", name=self.name),
            "target": "new",
            "params": {"import_id": self.id},
        }

    def import_next_batch(self, limit=1000):
        """Import the next rows; called by the client until it is done.

        :param int limit: how many rows
        :return: how far the import is
        :rtype: dict
        """
        self.ensure_one()
        self._check_may_import()
        limit = max(1, min(int(limit), 10000))
        if self.state == "running":
            self._lock_for_batch()
            rows = self._pending_rows(limit)
            if rows:
                self._import_rows(rows)
            if len(rows) < limit:
                self.state = "done"
        return self._progress()

    def _import_all(self, batch_size=1000):
        """Start the import, or go on with it, until it is done.

        For code that has no client to drive it; all in the caller's transaction.

        :return: how it ended, as :meth:`import_next_batch` says it
        :rtype: dict
        """
        self._start()
        progress = self._progress()
        while not progress["finished"]:
            progress = self.import_next_batch(batch_size)
        return progress

    def _progress(self):
        return {
            "total": self.row_count,
            "pending": self.pending_count,
            "accepted": self.accepted_count,
            "existing": self.existing_count,
            "rejected": self.rejected_count,
            "finished": self.state == "done",
        }

    # ------------------------------------------------------------
    # START
    # ------------------------------------------------------------

    def _check_may_import(self):
        self.check_access("write")
        # The names are written by SQL, which asks nobody.
        self.env["crm.lead"].check_access("create")
        self.env["crm.call.list"].check_access("write")

    def _start(self):
        """Check that nothing is missing, and stage the rows unless that is done.

        :raise UserError: something is missing, with a sentence
        """
        self._check_may_import()
        if self.state == "done":
            raise UserError(self.env._("Every row of this file is imported already."))
        if self.state == "draft":
            raise UserError(self.env._("Read the file first and check its columns."))
        self._lock_for_batch()
        if self.state == "mapped":
            self._check_mapping()
            self._choose_list()
            self._stage_rows()
        self.write({"state": "running", "lead_template": self._make_lead_template()})

    def _choose_list(self):
        if not self.campaign_id:
            raise UserError(self.env._("Choose the campaign that the names are for."))
        if not self.list_id and not (self.new_list_name or "").strip():
            raise UserError(
                self.env._("Choose a list, or write a name for a new list.")
            )
        if self.list_id and self.list_id.campaign_id != self.campaign_id:
            raise UserError(
                self.env._(
                    "The list %(list)s belongs to another campaign. Choose a list of"
                    " %(campaign)s.",
                    list=self.list_id.name,
                    campaign=self.campaign_id.title,
                )
            )
        if not self.list_id:
            self.list_id = self.env["crm.call.list"].create(
                {
                    "name": self.new_list_name.strip(),
                    "campaign_id": self.campaign_id.id,
                }
            )

    def _lock_for_batch(self):
        """Keep others from importing this file, or into this list, at the same time."""
        try:
            self.lock_for_update(allow_referencing=True)
            self.list_id.lock_for_update(allow_referencing=True)
        except LockError as error:
            raise UserError(
                self.env._(
                    "Names are being imported into this list in another window. Wait"
                    " until that is done."
                )
            ) from error

    def _stage_rows(self):
        """Copy every row of the file into the staging table."""
        self.flush_recordset()
        table = self._open_table()
        count, batch = 0, []
        for number, cells in table.rows():
            batch.append(
                (self.id, number, json.dumps(cells, ensure_ascii=False), "pending")
            )
            if len(batch) >= STAGE_SIZE:
                count += self._stage_batch(batch)
                batch = []
        count += self._stage_batch(batch)
        if not count:
            raise UserError(self.env._("The file has a header and no row below it."))
        # The planner must not take the new rows for none.
        self.env.cr.execute("ANALYZE crm_list_import_row")
        self.row_count = count
        self.env["crm.list.import.row"].invalidate_model()

    def _stage_batch(self, batch):
        self._copy(
            "crm_list_import_row",
            ["import_id", "row_number", "cells", "state"],
            batch,
        )
        return len(batch)

    # ------------------------------------------------------------
    # WHAT ALL NAMES OF AN IMPORT HAVE IN COMMON
    # ------------------------------------------------------------

    def _prepare_lead_constants(self):
        """Return the values that every name of this import is created with.

        :rtype: dict
        """
        company = self.campaign_id.company_id
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

    def _moment_columns(self):
        """Return the columns that hold the moment at which a name is created."""
        return {"create_date", "write_date", "date_last_stage_update"}

    # ------------------------------------------------------------
    # ONE BATCH
    # ------------------------------------------------------------

    def _pending_rows(self, limit):
        return self.env.execute_query(
            SQL(
                """SELECT id, row_number, cells FROM crm_list_import_row
                    WHERE import_id = %s AND state = 'pending'
                 ORDER BY row_number LIMIT %s""",
                self.id,
                limit,
            )
        )

    def _import_rows(self, rows):
        """Import staged rows.

        :param list rows: ``(id, row number, cells)`` of each
        """
        self.env.flush_all()
        reader = self._row_reader()
        ids = [row_id for row_id, _number, _cells in rows]
        name_rows = [reader.read_row(number, cells) for _id, number, cells in rows]
        known = self._find_known([row for row in name_rows if not row.problem])
        free_ids = self._reserve_lead_ids(sum(not row.problem for row in name_rows))
        results, created, listed = [], [], []
        for row_id, name_row in zip(ids, name_rows, strict=True):
            result, lead_id = self._place(name_row, known, free_ids)
            if result == "accepted":
                created.append((lead_id, name_row))
            if result in ("accepted", "existing"):
                listed.append(lead_id)
            reason = name_row.problem and self._reason(
                name_row.problem, name_row.details
            )
            results.append(
                (row_id, result, name_row.problem or None, reason or None, lead_id)
            )
        self._insert_leads(created)
        self.list_id._add_leads(listed)
        self._write_results(results)

    def _place(self, name_row, known, free_ids):
        """Decide what becomes of a row that was read.

        :param NameRow name_row: the row; gets a problem when it is rejected here
        :param dict known: the names that have a number; gets the new name
        :param list free_ids: ids for new names; the first is taken
        :return: state of the row and the id of its name, if it has one
        :rtype: tuple[str, int | None]
        """
        if name_row.problem:
            return "rejected", None
        key = name_key(name_row.values["name"])
        match = self._match(key, name_row, known)
        if match and match.in_list:
            name_row.problem = "in_list"
            name_row.details = {"name": match.name, "row": match.row_number}
            return "rejected", match.lead_id
        if match and not match.active:
            name_row.problem = "archived"
            name_row.details = {"name": match.name}
            return "rejected", match.lead_id
        result = "existing" if match else "accepted"
        if not match:
            match = KnownName(free_ids.pop(0), name_row.values["name"], [key])
            for number in name_row.numbers:
                known.setdefault(number, []).append(match)
        match.in_list, match.row_number = True, name_row.number
        return result, match.lead_id

    def _match(self, key, name_row, known):
        """Return the known name that a row means, if there is one.

        A number alone doesn't tell: a household shares its landline, a company its
        switchboard. Name and number together do.

        :rtype: KnownName | None
        """
        matches = {
            candidate.lead_id: candidate
            for number in name_row.numbers
            for candidate in known.get(number, ())
            if any(same_name(key, known_key) for known_key in candidate.keys)
        }
        return min(
            matches.values(),
            key=lambda match: (not match.in_list, not match.active, match.lead_id),
            default=None,
        )

    def _find_known(self, name_rows):
        """Find the names of the archive that have a number of these rows.

        :rtype: dict[str, list[KnownName]]
        """
        numbers = sorted({number for row in name_rows for number in row.numbers})
        if not numbers:
            return {}
        # Plain statements, one index each: joined into one they mislead the planner.
        holders = self.env.execute_query(
            SQL(" UNION ALL ").join(
                SQL(
                    "SELECT %(column)s, id FROM crm_lead"
                    " WHERE %(column)s = ANY(%(wanted)s)",
                    column=SQL.identifier(f"{target}_e164"),
                    wanted=numbers,
                )
                for target in PHONE_TARGETS
            )
        )
        names = self._describe_leads(list({lead_id for _number, lead_id in holders}))
        known = {}
        for number, lead_id in holders:
            if lead_id in names:
                known.setdefault(number, []).append(names[lead_id])
        return known

    def _describe_leads(self, lead_ids):
        """Return what is known of names of this company.

        :rtype: dict[int, KnownName]
        """
        if not lead_ids:
            return {}
        in_list = {
            lead_id
            for (lead_id,) in self.env.execute_query(
                SQL(
                    """SELECT lead_id FROM crm_call_list_line
                        WHERE list_id = %s AND lead_id = ANY(%s)""",
                    self.list_id.id,
                    lead_ids,
                )
            )
        }
        row_numbers = dict(
            self.env.execute_query(
                SQL(
                    """SELECT lead_id, row_number FROM crm_list_import_row
                        WHERE lead_id = ANY(%s) AND import_id = %s
                          AND state IN ('accepted', 'existing')""",
                    lead_ids,
                    self.id,
                )
            )
        )
        found = self.env.execute_query(
            SQL(
                """SELECT id, active, name, contact_name, partner_name FROM crm_lead
                    WHERE id = ANY(%(leads)s)
                      AND (company_id IS NULL OR %(company)s::int IS NULL
                           OR company_id = %(company)s)""",
                leads=lead_ids,
                company=self.campaign_id.company_id.id or None,
            )
        )
        return {
            lead_id: KnownName(
                lead_id,
                company or contact or name,
                [
                    name_key(text)
                    for text in dict.fromkeys(filter(None, (company, contact, name)))
                ],
                bool(active),
                lead_id in in_list,
                row_numbers.get(lead_id, 0),
            )
            for lead_id, active, name, contact, company in found
        }

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
            {"id": lead_id, **self._prepare_lead_columns(name_row, provinces)}
            for lead_id, name_row in created
        ]
        self._set_zones(leads)
        template = dict(self.lead_template)
        template.update(dict.fromkeys(self._moment_columns(), self._now()))
        template.update(create_uid=self.env.uid, write_uid=self.env.uid)
        self._set_probabilities(leads, template)
        own = list(leads[0])
        shared = [column for column in template if column not in own]
        self._copy(
            "crm_lead",
            own + shared,
            ([lead[column] for column in own] for lead in leads),
            [template[column] for column in shared],
        )
        self.env["crm.lead"].invalidate_model()

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
            phone_sanitized=numbers[0],
            phone_state="correct" if values["phone"] else None,
            email_normalized=normalized,
            email_domain_criterion=iap_tools.mail_prepare_for_domain_search(normalized)
            or None,
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
    def _as_html(notes):
        """Return notes as the HTML that the editor of Odoo would save."""
        lines = [line for note in notes for line in note.splitlines()]
        if not lines:
            return None
        return f"<p>{'<br>'.join(html.escape(line, quote=False) for line in lines)}</p>"

    def _set_zones(self, leads):
        """Set the zone of new names, with one query for all their addresses."""
        zones = self.env["crm.zone"]._zones_for(
            [(lead["zip"], lead["state_id"]) for lead in leads]
        )
        for lead in leads:
            lead["zone_id"] = (
                zones[lead["zip"] or False, lead["state_id"] or False] or None
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
        samples = model.browse()
        for at, values in enumerate(combinations):
            samples += model.new(
                {
                    name: int(value)
                    if value and model._fields[name].type == "many2one"
                    else value or False
                    for name, value in zip(scored, values, strict=True)
                },
                ref=f"list_import_{at}",
            )
        found, _tooltip = samples._pls_get_naive_bayes_probabilities()
        for sample, group in zip(samples, combinations.values(), strict=True):
            for lead in group:
                lead["automated_probability"] = found.get(sample.id, 0.0)
                lead["probability"] = lead["automated_probability"]

    def _write_results(self, results):
        """Note what became of each row of a batch, and count it.

        :param list results: ``(row id, state, problem, reason, lead id)`` of each
        """
        columns = [list(column) for column in zip(*results, strict=True)]
        self.env.cr.execute(
            SQL(
                """UPDATE crm_list_import_row staged
                      SET state = result.state, problem = result.problem,
                          reason = result.reason, lead_id = result.lead_id
                     FROM unnest(%s::int[], %s::text[], %s::text[], %s::text[],
                                 %s::int[])
                          AS result(id, state, problem, reason, lead_id)
                    WHERE staged.id = result.id""",
                *columns,
            )
        )
        self.env["crm.list.import.row"].invalidate_model()
        counted = Counter(state for _id, state, *_rest in results)
        self.write(
            {
                f"{state}_count": self[f"{state}_count"] + count
                for state, count in counted.items()
            }
        )

    def _copy(self, table, columns, rows, constants=()):
        """Insert rows with COPY.

        :param str table: name of the table
        :param list[str] columns: names of its columns
        :param rows: values of each row in the order of the columns
        :param constants: values of the last columns, the same for every row
        """
        text = io.StringIO()
        end = "".join("\t" + _copy_value(value) for value in constants) + "\n"
        for row in rows:
            text.write("\t".join(map(_copy_value, row)) + end)
        text.seek(0)
        statement = SQL(
            "COPY %s (%s) FROM STDIN",
            SQL.identifier(table),
            SQL(", ").join(map(SQL.identifier, columns)),
        )
        self.env.cr.copy_expert(statement.code, text)


_COPY_ESCAPES = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})


def _copy_value(value):
    """Return a value in the text format of COPY."""
    if value is None:
        return r"\N"
    return str(value).translate(_COPY_ESCAPES)
