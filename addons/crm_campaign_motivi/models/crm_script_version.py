from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL


class CrmScriptVersion(models.Model):
    """A text as operators had it on screen: of a script page, or a campaign's script.

    In preparation the latest version follows every change. From the moment operators
    work with it a change makes a new version.
    """

    _name = "crm.script.version"
    _description = "Version of a Script Page"
    _order = "campaign_id, step_id, number desc, id desc"
    _log_access = False

    campaign_id = fields.Many2one(
        "utm.campaign", required=True, index=True, readonly=True, ondelete="cascade"
    )
    step_id = fields.Many2one(
        "crm.campaign.step",
        "Page",
        index="btree_not_null",
        readonly=True,
        ondelete="set null",
    )
    is_main = fields.Boolean(
        "Script of the Campaign",
        readonly=True,
        help="The script of the campaign itself, which is no page of its workflow.",
    )
    name = fields.Char("Title", required=True, readonly=True)
    number = fields.Integer("Version", required=True, readonly=True)
    # Cleaned already when the page was written; cleaned again it could differ from it.
    body = fields.Html("Text", readonly=True, sanitize=False)
    user_id = fields.Many2one(
        "res.users", "Written By", required=True, readonly=True, ondelete="restrict"
    )
    date = fields.Datetime("Written On", required=True, readonly=True)

    _number_of_page = models.UniqueIndex(
        "(step_id, number) WHERE step_id IS NOT NULL",
        "Somebody else has just changed this page. Reload it and change it again.",
    )
    _number_of_script = models.UniqueIndex(
        "(campaign_id, number) WHERE is_main",
        "Somebody else has just changed this script. Reload it and change it again.",
    )

    @api.depends("name", "number")
    def _compute_display_name(self):
        for version in self:
            version.display_name = self.env._(
                "%(page)s, version %(number)s", page=version.name, number=version.number
            )

    def write(self, vals):
        """Refuse to change a text that operators have had on screen."""
        if "body" in vals and not all(version._is_draft() for version in self):
            raise UserError(
                self.env._(
                    "Operators have worked with this version: it stays as it is. Change"
                    " the page, which makes a new version."
                )
            )
        return super().write(vals)

    @api.model
    def _keep(self, campaign, step=None):
        """Keep the text as it is now: a new version, or the latest while in draft.

        :param utm.campaign campaign: whose script, or whose page
        :param crm.campaign.step step: the page; the campaign's own script without it
        """
        # sudo: versions are kept by the system, whoever may change the page
        versions = self.sudo()
        body = step.script if step else campaign.script
        latest = versions._latest(campaign, step)
        if (latest.body or "") == (body or "") and (latest or not body):
            return
        values = {
            "body": body,
            "name": step.name if step else campaign.title,
            "user_id": self.env.uid,
            "date": fields.Datetime.now(),
        }
        if latest and latest._is_draft():
            latest.write(values)
            return
        versions.create(
            {
                **values,
                "campaign_id": campaign.id,
                "step_id": step.id if step else False,
                "is_main": not step,
                "number": latest.number + 1,
            }
        )

    @api.model
    def _latest(self, campaign, step=None):
        domain = [("campaign_id", "=", campaign.id)]
        domain += [("step_id", "=", step.id)] if step else [("is_main", "=", True)]
        return self.search(domain, order="number desc", limit=1)

    @api.model
    def _latest_of(self, campaign):
        """Return the latest version of each page of a campaign, and of its script.

        :param utm.campaign campaign: one
        :return: by step; that of the campaign's own script by no step
        :rtype: dict
        """
        versions = self.search([("campaign_id", "=", campaign.id)], order="number, id")
        return {
            version.step_id: version
            for version in versions
            if version.step_id or version.is_main
        }

    def _is_draft(self):
        """Tell whether nobody can have had this version on screen.

        :rtype: bool
        """
        self.ensure_one()
        if self.campaign_id.call_state != "draft":
            return False
        if self.env["crm.interaction.page"].sudo()._versions_seen(self):
            return False
        # A campaign that went back into preparation may have names in hand still.
        return not self.env.execute_query(
            SQL(
                """SELECT 1 FROM crm_call_list_line
                    WHERE campaign_id = %s AND claimed_by_id IS NOT NULL LIMIT 1""",
                self.campaign_id.id,
            )
        )
