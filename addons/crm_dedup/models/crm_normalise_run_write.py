import json

from odoo import models
from odoo.tools import SQL, email_normalize

from odoo.addons.crm_callcenter.tools.phone import to_e164
from odoo.addons.iap.tools import iap_tools

from ..tools.normaliser import area_codes_of
from .crm_normalise_run import COLUMNS, PART_OF

_PHONES = ("phone", "mobile", "phone_second")
#: Columns that follow those that are normalised.
_FOLLOWING = (
    "phone_e164",
    "mobile_e164",
    "phone_second_e164",
    "phone_sanitized",
    "phone_state",
    "email_normalized",
    "email_domain_criterion",
    "email_state",
    "zone_id",
)
_NUMBERS = ("state_id", "zone_id")


class CrmNormaliseRun(models.Model):
    """Changed names are written set-based, with the columns that follow."""

    _inherit = "crm.normalise.run"

    def _write_changes(self, changes):
        """Write changed names, what they were before, and how they were written.

        :param list changes: ``(id, before, after)`` of each
        :return: those that could be written
        :rtype: list[tuple[int, dict, dict]]
        """
        rows = self._current_columns([lead_id for lead_id, _b, _a in changes])
        for lead_id, _before, after in changes:
            row = rows[lead_id]
            row.update(after)
            self._follow_numbers(row, after)
            self._follow_email(row, after)
        self._follow_zones(rows, changes)
        self._update_leads(list(rows.values()))
        # What reads alike now is a duplicate that could not be found before.
        self.env["crm.dedup.key"]._mark_stale(rows)
        self._keep_what_stood_there(changes)
        self._compute_custom_fields(changes)
        return changes

    def _names_changed(self, changes):
        """Return the names in which something changes.

        :param list changes: ``(id, before, after)`` of each
        :rtype: list[int]
        """
        return [record_id for record_id, _before, _after in changes]

    def _keep_what_stood_there(self, changes):
        """Keep what a run changed; what is taken back needs no keeping any more.

        :param list changes: ``(id, before, after)`` of each
        """
        # sudo: what was written is kept by the system
        originals = self._originals().sudo()
        if self.kind == "undo":
            originals._forget_originals(
                (record_id, after) for record_id, _before, after in changes
            )
            return
        self._insert_changes(
            [
                (record_id, *part)
                for record_id, before, after in changes
                for part in self._by_part(before, after)
            ]
        )
        originals._store_originals(
            ((record_id, before) for record_id, before, _after in changes),
            keep_first=True,
        )

    def _by_part(self, before, after):
        """Yield what was and what is, apart for each part."""
        for part in dict.fromkeys(PART_OF[name] for name in after):
            names = [name for name in after if PART_OF[name] == part]
            yield (
                {name: before[name] for name in names},
                {name: after[name] for name in names},
            )

    def _current_columns(self, lead_ids):
        """Return the columns that may be written, by id.

        :rtype: dict[int, dict]
        """
        names = ["id", *COLUMNS, *_FOLLOWING, "country_id", "company_id"]
        found = self.env.execute_query(
            SQL(
                "SELECT %s FROM crm_lead WHERE id = ANY(%s)",
                SQL(", ").join(SQL.identifier(name) for name in names),
                lead_ids,
            )
        )
        return {row[0]: dict(zip(names, row, strict=True)) for row in found}

    # ------------------------------------------------------------
    # WHAT FOLLOWS
    # ------------------------------------------------------------

    def _follow_numbers(self, row, after):
        changed = [name for name in _PHONES if name in after]
        if not changed:
            return
        service = self.env["crm.normaliser"]
        country = row["country_id"] and service._country_code(row["country_id"])
        province = service._provinces_by_id().get(row["state_id"], "")
        # What is written back is read as the field of the name reads it.
        codes = () if self.kind == "undo" else area_codes_of(province, row["zip"] or "")
        for name in changed:
            row[f"{name}_e164"] = to_e164(row[name], country or "IT", codes)
        numbers = [row[f"{name}_e164"] for name in _PHONES if row[f"{name}_e164"]]
        row["phone_sanitized"] = numbers[0] if numbers else None
        if "phone" in after:
            known = bool(row["phone_e164"])
            row["phone_state"] = row["phone"] and ("correct" if known else "incorrect")

    def _follow_email(self, row, after):
        if "email_from" not in after:
            return
        normalized = email_normalize(row["email_from"]) or None
        row["email_normalized"] = normalized
        row["email_domain_criterion"] = (
            iap_tools.mail_prepare_for_domain_search(normalized) or None
        )
        if row["email_from"]:
            row["email_state"] = "correct" if normalized else "incorrect"

    def _follow_zones(self, rows, changes):
        """Set the zones of names that got another place, with one query."""
        moved = [
            rows[lead_id]
            for lead_id, _before, after in changes
            if {"zip", "city", "state_id"} & set(after)
        ]
        zones = self.env["crm.zone"]._zones_for(
            [(row["zip"], row["state_id"], row["city"]) for row in moved]
        )
        for row in moved:
            place = (row["zip"], row["state_id"], row["city"])
            row["zone_id"] = zones[tuple(part or False for part in place)] or None

    # ------------------------------------------------------------
    # SQL
    # ------------------------------------------------------------

    def _update_leads(self, rows):
        """Write columns of names with one statement; triggers do the rest."""
        names = [*COLUMNS, *_FOLLOWING]
        self.env.execute_query(
            SQL(
                """UPDATE crm_lead lead
                      SET %(sets)s, write_uid = %(user)s,
                          write_date = now() AT TIME ZONE 'UTC'
                     FROM jsonb_to_recordset(%(rows)s::jsonb) AS new(id int, %(types)s)
                    WHERE lead.id = new.id RETURNING lead.id""",
                sets=SQL(", ").join(
                    SQL("%s = new.%s", SQL.identifier(name), SQL.identifier(name))
                    for name in names
                ),
                types=SQL(", ").join(
                    SQL(
                        "%s %s",
                        SQL.identifier(name),
                        SQL("int" if name in _NUMBERS else "varchar"),
                    )
                    for name in names
                ),
                user=self.user_id.id,
                rows=json.dumps(
                    [{name: row[name] for name in ("id", *names)} for row in rows]
                ),
            )
        )
        self.env["crm.lead"].invalidate_model()

    def _insert_changes(self, changes):
        """Keep changes, each of one part.

        :param list changes: ``(id, before, after)``
        """
        if not changes:
            return
        self.env.execute_query(
            SQL(
                """INSERT INTO crm_normalise_change
                          (run_id, kind, %s, before, after)
                   SELECT %s, * FROM unnest(%s::varchar[], %s::int[], %s::jsonb[],
                                            %s::jsonb[]) RETURNING id""",
                SQL.identifier(self._whose()),
                self.id,
                [PART_OF[next(iter(after))] for _lead_id, _before, after in changes],
                [lead_id for lead_id, _before, _after in changes],
                [json.dumps(before) for _lead_id, before, _after in changes],
                [json.dumps(after) for _lead_id, _before, after in changes],
            )
        )
        self.env["crm.normalise.change"].invalidate_model()
        self.invalidate_recordset(["change_ids"], flush=False)

    def _compute_custom_fields(self, changes):
        """Compute custom fields anew that are computed from what changed."""
        changed = {name for _lead_id, _before, after in changes for name in after}
        # sudo: a computed value is the same whoever looks at the name
        leads = self.env["crm.lead"].sudo()
        ids = [lead_id for lead_id, _before, _after in changes]
        for name, needed in self.env["crm.custom.field"]._expressions()["compute"]:
            if changed & set(needed):
                leads.browse(ids)._compute_custom_column(name)
