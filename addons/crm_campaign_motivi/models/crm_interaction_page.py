from odoo import api, fields, models
from odoo.exceptions import UserError


class CrmInteractionPage(models.Model):
    """Which version of a script page was on screen during a call: a fact."""

    _name = "crm.interaction.page"
    _description = "Script Page on Screen"
    _log_access = False
    _order = "interaction_id desc, id"

    interaction_id = fields.Many2one(
        "crm.interaction", required=True, index=True, readonly=True, ondelete="cascade"
    )
    version_id = fields.Many2one(
        "crm.script.version",
        "Version on Screen",
        required=True,
        index=True,
        readonly=True,
        ondelete="restrict",
    )
    # Readable with the history, also for those who don't see the campaign's set-up.
    name = fields.Char("Page", related="version_id.name")
    number = fields.Integer("Version", related="version_id.number")
    body = fields.Html("Text", related="version_id.body")

    def write(self, vals):
        """Refuse: facts of the ledger never change, whoever asks."""
        if self:
            raise UserError(self.env._("The history can't be changed."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        """Refuse: facts of the ledger are never deleted, whoever asks."""
        raise UserError(self.env._("The history can't be deleted."))

    @api.model
    def _versions_seen(self, versions):
        """Return those of the versions that were on screen for some outcome.

        :rtype: crm.script.version
        """
        rows = self._read_group([("version_id", "in", versions.ids)], ["version_id"])
        return versions.browse([version.id for (version,) in rows])


class CrmInteraction(models.Model):
    _inherit = "crm.interaction"

    page_ids = fields.One2many(
        "crm.interaction.page", "interaction_id", "Script on Screen", readonly=True
    )
    answer_ids = fields.One2many(
        "crm.interaction.answer", "interaction_id", "Answers", readonly=True
    )
