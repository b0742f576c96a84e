from odoo import api, fields, models
from odoo.exceptions import AccessError


class CrmPointsMailPreview(models.TransientModel):
    """The weekly mail as its readers will see it."""

    _name = "crm.points.mail.preview"
    _description = "Preview of the Weekly Mail of Points"

    lang = fields.Selection(
        selection=lambda self: self.env["res.lang"].get_installed(),
        string="Language",
        required=True,
        default=lambda self: self.env.user.lang or "en_US",
    )
    subject = fields.Char(compute="_compute_mail")
    body = fields.Html(compute="_compute_mail", sanitize=False)
    recipients = fields.Char(compute="_compute_recipients")

    @api.depends("lang")
    def _compute_mail(self):
        self._check_manager()
        for preview in self:
            preview.subject, preview.body = self.env["crm.points.mail"]._render(
                preview.lang
            )

    @api.depends("lang")
    def _compute_recipients(self):
        by_language = self.env["crm.points.mail"]._recipients_by_language()
        names = [
            partner.display_name
            for partners in by_language.values()
            for partner in partners
        ]
        for preview in self:
            preview.recipients = ", ".join(names) or self.env._("Nobody yet")

    def _check_manager(self):
        if not any(
            self.env.user.has_group(group)
            for group in ("crm_callcenter.group_campaign_manager", "base.group_system")
        ):
            raise AccessError(
                self.env._(
                    "The weekly mail is the campaign manager's. Ask one of them."
                )
            )

    @api.model
    def action_open(self):
        """Open the preview.

        :return: its action
        :rtype: dict
        """
        self._check_manager()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Weekly Mail of Points"),
            "res_model": self._name,
            "res_id": self.create({}).id,
            "view_mode": "form",
            "target": "new",
        }

    def action_send(self):
        """Send the mail of last week to its recipients now.

        :return: a notification that closes the dialog
        :rtype: dict
        :raise UserError: there are no recipients
        """
        self._check_manager()
        mails = self.env["crm.points.mail"]._send_now()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "The mail is on its way to %(count)s recipients.",
                    count=len(mails.recipient_ids),
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
