from odoo import api, fields, models


class CrmDesk(models.AbstractModel):
    """The next name is there before it is asked for."""

    _inherit = "crm.desk"

    @api.model
    def prefetch(self, campaign_id):
        """Keep the next name while another one is in hand, and describe it.

        It isn't in hand yet: see ``take_ahead``. Nobody keeps one while on pause.

        :param int campaign_id: the campaign that the operator works on
        :return: the payload, with ``ahead_stamp``; ``None`` when nothing is to call
        :rtype: dict | None
        """
        self._check_operator()
        campaign = self._my_campaigns().filtered(lambda found: found.id == campaign_id)
        claim = campaign and self.env["crm.dispatch"]._claim_ahead(campaign)
        if not claim:
            return None
        payload = self._fresh_payload(claim)
        if not payload["outcomes"]:
            self.drop_ahead()
            return None
        return {**payload, "ahead_stamp": claim["stamp"]}

    @api.model
    def take_ahead(self, campaign_id, line_id, claim_token, stamp):
        """Take the name that was prefetched.

        :param str stamp: ``ahead_stamp`` of its payload
        :return: ``fresh`` and ``claimed_until`` when the payload still holds; otherwise
            what ``next_name`` returns, with a name that may be another one
        :rtype: dict
        """
        self._check_operator()
        campaign = self._my_campaigns().filtered(lambda found: found.id == campaign_id)
        claim = campaign and self.env["crm.dispatch"]._take_ahead(
            campaign, line_id, claim_token
        )
        if not claim:
            # Also where the campaign has ended: the sentence says so.
            self.env["crm.dispatch"]._drop_ahead()
            return self.next_name(campaign_id)
        if claim["stamp"] and claim["stamp"] == stamp:
            return {
                "fresh": True,
                "claimed_until": fields.Datetime.to_string(claim["claimed_until"]),
            }
        return self._fresh_payload(claim)

    @api.model
    def drop_ahead(self):
        """Give back the name that is kept, if any.

        :rtype: bool
        """
        self._check_operator()
        return self.env["crm.dispatch"]._drop_ahead()

    @api.model
    def release(self, line_id, claim_token):
        result = super().release(line_id, claim_token)
        self.env["crm.dispatch"]._drop_ahead()
        return result
