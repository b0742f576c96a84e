from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL

#: A number is looked for in a name's own numbers first, then in those of people who
#: belong to it. One look-up in an index for each column.
_NAMES_OF_NUMBER = """
    SELECT lead.id
      FROM (SELECT id AS lead_id, 0 AS distance FROM crm_lead
             WHERE phone_e164 = %(caller)s
             UNION ALL
            SELECT id, 0 FROM crm_lead WHERE mobile_e164 = %(caller)s
             UNION ALL
            SELECT id, 0 FROM crm_lead WHERE phone_second_e164 = %(caller)s
             UNION ALL
            SELECT lead_id, 1 FROM crm_lead_contact
             WHERE phone_e164 = %(caller)s) AS found
      JOIN crm_lead lead ON lead.id = found.lead_id AND lead.active
  ORDER BY EXISTS (SELECT 1 FROM crm_call_list_line line
                    WHERE line.lead_id = lead.id
                      AND line.campaign_id = %(campaign)s) DESC,
           found.distance, lead.id DESC"""


class UtmCampaign(models.Model):
    """Whose number it is that calls: a name's, a relative's, or a customer's."""

    _inherit = "utm.campaign"

    def _known_caller(self, caller):
        """Return the name with a number, first one of this campaign.

        Also by a contact of a company, or a member of a household.

        :param str caller: in E.164
        :return: one name, or none
        :rtype: crm.lead
        """
        self.env["crm.lead"].flush_model()
        self.env["crm.lead.contact"].flush_model()
        rows = self.env.execute_query(
            SQL(_NAMES_OF_NUMBER, caller=caller, campaign=self.id or None)
        )
        # sudo: whoever answers may not search all names; the domain keeps to those
        # that one may have
        leads = self.env["crm.lead"].sudo()
        ids = list(dict.fromkeys(lead_id for (lead_id,) in rows))
        open_to_user = leads.search(self._caller_domain() & Domain("id", "in", ids))
        return leads.browse([id_ for id_ in ids if id_ in open_to_user._ids][:1])

    def _caller_domain(self):
        """Return the domain of names and customers that answering may open.

        Working in the campaign is the right to any name that calls it, but not beyond
        the campaign's company and the user's branches of portfolios.

        :rtype: odoo.fields.Domain
        """
        company = self.company_id or self.env.company
        return Domain("company_id", "in", [False, company.id]) & Domain(
            self.env.user.portfolio_domain()
        )

    def _calling_customer(self, caller):
        """Return the name of a customer with a number, made if it has none yet.

        :param str caller: in E.164
        :return: one name, or none
        :rtype: crm.lead
        """
        # sudo: as in ``_known_caller``
        partners = self.env["res.partner"].sudo()
        written = {caller, caller.removeprefix("+39")}
        found = partners.search(
            Domain("phone_mobile_search", "in", list(written)) & self._caller_domain(),
            order="id desc",
            limit=20,
        ).filtered(lambda partner: caller in partner._consent_values())
        customer = found.filtered(
            lambda partner: (
                not partner.own_company_ids
                and all(user.share for user in partner.user_ids)
            )
        )[:1]
        leads = self.env["crm.lead"].sudo()
        if not customer:
            return leads
        return customer._ensure_anchor().filtered_domain(self._caller_domain())
