from odoo import api, models, tools


class CrmSegnalazioneType(models.Model):
    """Whether closings make documents is kept in memory: each name served asks it."""

    _inherit = "crm.segnalazione.type"

    @api.model
    @tools.ormcache()
    def _is_made_of_closings(self):
        """Tell whether a type of documents in use is made of closings.

        :rtype: bool
        """
        # sudo: the configuration is read for an operator
        types = self.sudo()
        return bool(types.search_count([("origin", "=", "closing")], limit=1))

    @api.model_create_multi
    def create(self, vals_list):
        types = super().create(vals_list)
        self._forget_closings()
        return types

    def write(self, vals):
        result = super().write(vals)
        if {"origin", "active"} & set(vals):
            self._forget_closings()
        return result

    def unlink(self):
        result = super().unlink()
        self._forget_closings()
        return result

    @api.model
    def _forget_closings(self):
        registry = self.env.registry
        registry.clear_cache()
        # What somebody read meanwhile, before this is committed, is out of date, too.
        self.env.cr.postcommit.add(registry.clear_cache)
