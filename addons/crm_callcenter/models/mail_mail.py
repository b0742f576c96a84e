from odoo import api, models
from odoo.tools.mail import email_normalize_all, email_split_tuples, formataddr


class MailMail(models.Model):
    """No mail leaves for a blocked name, whatever part of Odoo writes it."""

    _inherit = "mail.mail"

    @api.model_create_multi
    def create(self, vals_list):
        mails = super().create(vals_list)
        mails._leave_out_blocked()
        return mails

    def _leave_out_blocked(self):
        """Take blocked names off the recipients; cancel what is left without any."""
        # sudo: the state of a recipient decides, whoever writes the mail
        for mail in self.sudo():
            blocked = mail.recipient_ids.filtered(
                lambda partner: partner.commercial_state_id.state_class == "blocked"
            )
            email_to = mail._email_to_without_blocked()
            if not blocked and email_to == mail.email_to:
                continue
            mail.write(
                {
                    "recipient_ids": [(3, partner.id) for partner in blocked],
                    "email_to": email_to,
                }
            )
            if not (mail.recipient_ids or mail.email_to or mail.email_cc):
                mail.write(
                    {
                        "state": "cancel",
                        "failure_reason": self.env._(
                            "The recipient is blocked: nothing is sent."
                        ),
                    }
                )

    def _email_to_without_blocked(self):
        """Return the addresses without that of the blocked name the mail is about."""
        self.ensure_one()
        if not self.email_to or self.model not in ("crm.lead", "res.partner"):
            return self.email_to
        record = self.env[self.model].sudo().browse(self.res_id).exists()
        if record.commercial_state_id.state_class != "blocked":
            return self.email_to
        own = set(email_normalize_all(record.email_normalized or ""))
        kept = [
            formataddr(pair)
            for pair in email_split_tuples(self.email_to)
            if pair[1].lower() not in own
        ]
        return ", ".join(kept) or False
