from odoo import models

from odoo.addons.crm_dedup.tools.normaliser import Normaliser


class CrmListImport(models.Model):
    """What the import asks of the addon that keeps the archive clean."""

    _inherit = "crm.list.import"

    def _reader_options(self, targets):
        options = super()._reader_options(targets)
        if self.normalise_names or self.normalise_addresses:
            options["normaliser"] = self._normaliser_of_rows()
        return options

    def _normaliser_of_rows(self):
        """Return what puts values right; it is sent to other processes.

        :rtype: Normaliser
        """
        if "crm.normaliser" in self.env:
            company = self.company_id or self.env.company
            return self.env["crm.normaliser"].with_company(company)._normaliser()
        return Normaliser()

    def _after_names(self, created, updated):
        result = super()._after_names(created, updated)
        originals = [(id_, row.originals) for id_, row in created if row.originals]
        if originals and "crm.lead.original" in self.env:
            # sudo: what was written is kept whoever imports
            self.env["crm.lead.original"].sudo()._store_originals(originals)
        keys = self.env.get("crm.dedup.key")
        if keys is not None:
            keys._mark_stale([*(id_ for id_, _row in created), *updated])
        return result
