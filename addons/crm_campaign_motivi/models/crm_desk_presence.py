from odoo import api, fields, models
from odoo.tools import SQL

#: Whoever was seen within so many minutes is at work.
PRESENT_MINUTES = 2


class CrmDeskPresence(models.Model):
    """Where an operator was seen last: one row for each, for dispatch only.

    Says who is at work now and keeps no history; it is not shown to anybody.
    """

    _name = "crm.desk.presence"
    _description = "Presence at the Desk"
    _log_access = False
    _rec_name = "user_id"

    user_id = fields.Many2one("res.users", required=True, ondelete="cascade")
    campaign_id = fields.Many2one("utm.campaign", ondelete="cascade", index=True)
    seen_at = fields.Datetime(required=True)

    _user_once = models.Constraint("UNIQUE (user_id)", "A user is in one place.")

    @api.model
    def _seen_sql(self, user_id, campaign_id):
        """Return the statement that notes that a user is at work on a campaign.

        Run on the short cursor of a claim or a sign of life, under the lock that an
        operator's own requests share; writes nothing twice within seconds.

        :param int user_id: who
        :param int campaign_id: where
        :rtype: SQL
        """
        return SQL(
            """INSERT INTO crm_desk_presence AS known (user_id, campaign_id, seen_at)
               VALUES (%s, %s, now() AT TIME ZONE 'UTC')
          ON CONFLICT (user_id) DO UPDATE
                  SET campaign_id = excluded.campaign_id, seen_at = excluded.seen_at
                WHERE known.campaign_id IS DISTINCT FROM excluded.campaign_id
                   OR known.seen_at < excluded.seen_at - interval '5 seconds'""",
            user_id,
            campaign_id,
        )
