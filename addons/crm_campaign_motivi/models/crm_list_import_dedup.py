import json

from odoo import models
from odoo.tools import SQL

from ..tools.name_row import PHONE_TARGETS


class CrmListImport(models.Model):
    """What the import asks of the addon that keeps the archive clean."""

    _inherit = "crm.list.import"

    def _reader_options(self, targets):
        options = super()._reader_options(targets)
        if self.normalise_names or self.normalise_addresses:
            company = self.company_id or self.env.company
            service = self.env["crm.normaliser"].with_company(company)
            # It is sent to other processes.
            options["normaliser"] = service._normaliser()
        return options

    def _after_names(self, created, updated):
        result = super()._after_names(created, updated)
        originals = [(id_, row.originals) for id_, row in created if row.originals]
        if originals:
            # Nothing can be kept yet of a name that is new.
            self._copy(
                "crm_lead_original",
                ["lead_id", "values"],
                [
                    (
                        lead_id,
                        json.dumps({n: text for n, text in values.items() if text}),
                    )
                    for lead_id, values in originals
                    if any(values.values())
                ],
                own_ids=[lead_id for lead_id, _values in originals],
            )
            self.env["crm.lead.original"].invalidate_model()
        self.env["crm.dedup.key"]._mark_stale(
            [*(id_ for id_, _row in created), *updated]
        )
        return result

    def _after_changes(self, changes, matched):
        result = super()._after_changes(changes, matched)
        # sudo: what was written is kept whoever imports
        kept = self.env["crm.lead.original"].sudo()
        known = kept._originals_of(list(changes))
        found = []
        for lead_id, row in matched:
            new = changes.get(lead_id)
            if not new:
                continue
            written = _written_values(row, new)
            # Of a value that was right as it was written, only that nothing else was.
            old = known.get(lead_id) or {}
            found.append(
                (
                    lead_id,
                    {
                        name: text
                        for name, (text, same) in written.items()
                        if not same or name in old
                    },
                )
            )
        if found:
            kept._store_originals(found)
        return result

    def _after_restore(self, restored):
        result = super()._after_restore(restored)
        if not restored:
            return result
        self.env["crm.dedup.key"]._mark_stale(list(restored))
        names = {name for columns in restored.values() for name in columns}
        if "state_id" in names:
            names.add("province")
        self.env.cr.execute(
            SQL(
                """UPDATE crm_lead_original SET values = values - %s::text[]
                    WHERE lead_id = ANY(%s)""",
                sorted(names),
                list(restored),
            )
        )
        self.env["crm.lead.original"].invalidate_model()
        return result


def _written_values(row, new):
    """Return what stood in the file, of the columns that a name got from a row.

    :param NameRow row: the row
    :param dict new: values by column
    :return: text by field, and whether the value is that very text
    :rtype: dict[str, tuple[str, bool]]
    """
    found = {}
    for name, value in new.items():
        source = name
        if name == "state_id":
            name = source = "province"
            value = row.province
        elif name in PHONE_TARGETS:
            # A number goes into a free place.
            source = next(
                (one for one in PHONE_TARGETS if row.values.get(one) == value), name
            )
        elif row.values.get(name) != value:
            continue
        if isinstance(value, str) and value:
            text = row.originals.get(source) or value
            found[name] = (text, text == value)
    return found
