from dataclasses import dataclass

from odoo import models
from odoo.tools import SQL

from odoo.addons.crm_dedup.tools.name_text import name_key, same_name

from ..tools.name_row import PHONE_TARGETS


@dataclass
class KnownName:
    """A name that has a number of the batch: of the archive, or made by the batch."""

    lead_id: int
    name: str
    keys: list
    active: bool = True
    in_list: bool = False
    row_number: int = 0
    outside: bool = False


class CrmListImport(models.Model):
    """Which names of the archive the rows of a batch are: the same number and name."""

    _inherit = "crm.list.import"

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

    def _match_of_row(self, name_row, known):
        """Return the known name that a row means; see ``_match``.

        :rtype: KnownName | None
        """
        return self._match(name_key(name_row.values["name"]), name_row, known)

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
