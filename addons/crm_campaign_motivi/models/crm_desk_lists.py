from odoo import api, fields, models
from odoo.tools import SQL

#: Names left are counted up to here; an operator sees that there are enough.
COUNT_CAP = 10000


class CrmDesk(models.AbstractModel):
    _inherit = "crm.desk"

    @api.model
    def my_lists(self):
        """Return the lists that the current user works on, for the home.

        :return: per list ``id``, ``name``, ``campaign``, ``left`` (counted up to
            ``cap``), ``cap`` and ``due``: recalls that are due now
        :rtype: list[dict]
        """
        self._check_operator()
        campaigns = self._my_campaigns()
        self.env["crm.call.list.line"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """SELECT list.id, list.name, list.campaign_id,
                          fresh.count + recall.count, recall.due
                     FROM crm_call_list list
                     JOIN crm_call_list_operator_rel rel
                       ON rel.list_id = list.id AND rel.user_id = %(user)s,
                          LATERAL (SELECT count(*) FROM (
                              SELECT 1 FROM crm_call_list_line line
                               WHERE line.list_id = list.id
                                 AND line.category = 'to_call'
                               LIMIT %(cap)s) AS few) AS fresh,
                          LATERAL (SELECT count(*), count(*) FILTER (
                                          WHERE few.recall_at <= %(now)s) AS due
                              FROM (SELECT line.recall_at FROM crm_call_list_line line
                               WHERE line.list_id = list.id
                                 AND line.category = 'recall'
                                 AND coalesce(line.recall_user_id, %(user)s) = %(user)s
                               LIMIT %(cap)s) AS few) AS recall
                    WHERE list.active AND list.owner_id IS NULL
                      AND list.campaign_id = ANY(%(campaigns)s)
                 ORDER BY list.campaign_id, list.name, list.id""",
                user=self.env.uid,
                cap=COUNT_CAP,
                now=fields.Datetime.now(),
                campaigns=campaigns.ids,
            )
        )
        titles = {campaign.id: campaign.title for campaign in campaigns}
        return [
            {
                "id": list_id,
                "name": name,
                "campaign": titles[campaign_id],
                "left": min(left, COUNT_CAP),
                "cap": COUNT_CAP,
                "due": due,
            }
            for list_id, name, campaign_id, left, due in rows
        ]
