from odoo import models

#: What the desk may be opened for, and the kind of outcome that it then begins with.
PURPOSES = {"appointment": "T", "outcome": None, "segnalazione": "C"}


class CrmLead(models.Model):
    """Buttons of a name that open the desk on it."""

    _inherit = "crm.lead"

    def action_desk_appointment(self):
        """Button: fix an appointment at the desk.

        :rtype: dict
        """
        return self._open_desk("appointment")

    def action_desk_outcome(self):
        """Button: register an outcome at the desk.

        :rtype: dict
        """
        return self._open_desk("outcome")

    def _open_desk(self, purpose, campaign_id=None):
        """Take this name and open the desk on it; ask for the campaign if need be.

        :param str purpose: one of ``PURPOSES``
        :param int campaign_id: in whose frame, if chosen
        :return: the action
        :rtype: dict
        :raise UserError: the name can't be taken
        """
        self.ensure_one()
        desk = self.env["crm.desk"]
        lead = desk._name_by_hand(self.id)
        if not campaign_id and not desk._holds(lead):
            campaigns = desk._campaigns_by_hand(lead)
            if len(campaigns) > 1:
                return self.env["crm.desk.campaign.wizard"]._open(lead, purpose)
        claim = desk._take_by_hand(lead, campaign_id, PURPOSES[purpose])
        action = self.env["ir.actions.actions"]._for_xml_id(
            "crm_campaign_motivi.crm_desk_action"
        )
        action["params"] = {
            "lead_id": claim["lead_id"],
            "purpose": purpose,
            "kind": PURPOSES[purpose],
        }
        return action
