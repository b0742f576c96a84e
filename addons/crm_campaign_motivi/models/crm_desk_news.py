from odoo import api, fields, models
from odoo.exceptions import UserError


class CrmDesk(models.AbstractModel):
    """The operator asks for help, and reads what the coordinator writes."""

    _inherit = "crm.desk"

    @api.model
    def news(self):
        """Return what others have to say to the operator.

        :return: ``messages`` not read yet, and ``help``: the open call, or ``None``
        :rtype: dict
        """
        self._check_operator()
        return {
            "messages": self.env["crm.desk.message"]._unread(self.env.user),
            "help": self.env["crm.help.request"]._describe(self.env.user),
        }

    @api.model
    def begin(self, session):
        return {
            **super().begin(session),
            **self.with_context(desk_session=False).news(),
        }

    @api.model
    def alive(self, doing=None, reason_id=None):
        return {**super().alive(doing, reason_id), **self.news()}

    @api.model
    def ask_help(self, campaign_id, line_id=None, claim_token=None):
        """Ask the coordinators for help; asked again, the call is taken back.

        :param int campaign_id: on which the operator works
        :param int line_id: the name in hand, if any
        :param str claim_token: of its claim
        :return: see ``news``
        :rtype: dict
        """
        self._check_operator()
        # sudo: one's own calls, which are closed to operators otherwise
        requests = self.env["crm.help.request"].sudo()
        known = requests.search(
            [("user_id", "=", self.env.uid), ("done_at", "=", False)]
        )
        if known:
            known._end()
            return self.news()
        campaign = self._my_campaigns().filtered(lambda found: found.id == campaign_id)
        line = self._held_line(line_id, claim_token) if line_id else None
        campaign = line.campaign_id if line else campaign
        if not campaign:
            raise UserError(self._why_not_mine(campaign_id))
        request = requests.create(
            {
                "user_id": self.env.uid,
                "campaign_id": campaign.id,
                "lead_id": line.lead_id.id if line else False,
            }
        )
        request._tell()
        campaign._announce_change()
        return self.news()

    @api.model
    def read_messages(self, message_ids):
        """Note that messages were read.

        :rtype: dict
        """
        self._check_operator()
        asked = message_ids if isinstance(message_ids, list) else []
        # sudo: the domain keeps to one's own
        self.env["crm.desk.message"].sudo().search(
            [
                ("id", "in", [number for number in asked if isinstance(number, int)]),
                ("user_id", "=", self.env.uid),
                ("read_at", "=", False),
            ]
        ).write({"read_at": fields.Datetime.now()})
        return self.news()
