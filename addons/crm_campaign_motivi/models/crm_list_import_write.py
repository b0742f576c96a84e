import contextlib
import html
import io
import json
import re
from collections import Counter

from odoo import models
from odoo.tools import SQL, email_normalize

from odoo.addons.iap.tools import iap_tools

#: Results of rows whose names may be left out of the list.
_LISTED = ("accepted", "updated", "existing")
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
            phone_sanitized=numbers[0] if numbers else None,
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
        :param set updated: ids of the names that changed
        """

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
