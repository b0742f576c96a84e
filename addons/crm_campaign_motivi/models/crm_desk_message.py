from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

#: Told to an operator: there is a message, or somebody comes to help.
NEWS = "crm_desk/news"
#: Messages are kept for so many days, read or not.
KEPT_DAYS = 30
_LONGEST = 500


class CrmDeskMessage(models.Model):
    """A short message of a coordinator to an operator, shown on the desk until read.

    One to all operators of a campaign is one row for each of those at their desk.
    """

    _name = "crm.desk.message"
    _description = "Message on the Desk"
    _order = "id desc"
    _rec_name = "body"

    user_id = fields.Many2one(
        "res.users", "To", required=True, readonly=True, index=True, ondelete="cascade"
    )
    sender_id = fields.Many2one("res.users", readonly=True, ondelete="set null")
    campaign_id = fields.Many2one(
        "utm.campaign", required=True, readonly=True, index=True, ondelete="cascade"
    )
    body = fields.Char("Message", required=True, readonly=True, size=_LONGEST)
    sent_at = fields.Datetime(required=True, readonly=True, default=fields.Datetime.now)
    read_at = fields.Datetime(readonly=True)

    _to_read = models.Index("(user_id) WHERE read_at IS NULL")

    @api.model
    def send(self, campaign_id, body, user_ids=None):
        """Send a message to operators of a campaign.

        :param int campaign_id: which the current user leads
        :param str body: the message
        :param list user_ids: to whom; left out: all who are at their desk for it
        :return: to how many
        :rtype: int
        :raise UserError: there is no text, or nobody is there
        """
        campaign = self.env["utm.campaign"].browse(int(campaign_id))
        campaign._check_watchable()
        body = (body or "").strip()
        if not body or len(body) > _LONGEST:
            raise UserError(
                self.env._(
                    "Write a message of at most %(most)s characters.", most=_LONGEST
                )
            )
        states = self.env["crm.operator.state"]._on_campaign(campaign)
        watched = campaign._watched_user_ids()
        there = states.user_id.filtered(
            lambda user: watched is None or user.id in watched
        )
        wanted = (
            there
            if user_ids is None
            else there.filtered(lambda user: user.id in user_ids)
        )
        if not wanted:
            raise UserError(
                self.env._(
                    "None of them is at the desk for %(campaign)s now. Send the message"
                    " when they are.",
                    campaign=campaign.title,
                )
            )
        # sudo: whoever may watch the campaign may write to those who work on it
        self.sudo().create(
            [
                {
                    "user_id": user.id,
                    "sender_id": self.env.uid,
                    "campaign_id": campaign.id,
                    "body": body,
                }
                for user in wanted
            ]
        )
        for user in wanted:
            user._bus_send(NEWS, {})
        return len(wanted)

    @api.model
    def _unread(self, user):
        """Return what a user has not read yet, the oldest first.

        :rtype: list[dict]
        """
        # sudo: one's own messages
        messages = self.sudo().search(
            [("user_id", "=", user.id), ("read_at", "=", False)], order="id", limit=20
        )
        return [
            {
                "id": message.id,
                "body": message.body,
                "sender": message.sender_id.name or "",
                "sent_at": fields.Datetime.to_string(message.sent_at),
            }
            for message in messages
        ]

    @api.autovacuum
    def _gc_old(self):
        old = fields.Datetime.now() - timedelta(days=KEPT_DAYS)
        self.search([("sent_at", "<", old)], limit=10_000).unlink()
