from odoo import models
from odoo.tools import SQL


class MailActivity(models.Model):
    _inherit = "mail.activity"

    def _move_to_user(self, user):
        """Give open actions of an operator who leaves to another user.

        One statement, for an operator may leave thousands. The exact time stays, the
        day of it is the new user's.

        :param res.users user: who does them from now on
        """
        self.flush_model()
        # sudo: the time zone of a colleague
        zone = user.sudo().tz
        if not zone:
            zone = (
                self.env["crm.planner"]._company_timezone(self.env.company.sudo()).zone
            )
        self.env.execute_query(
            SQL(
                """UPDATE mail_activity
                      SET user_id = %s, user_tz = %s,
                          date_deadline = CASE
                              WHEN date_planned IS NULL THEN date_deadline
                              ELSE (date_planned AT TIME ZONE 'UTC'
                                    AT TIME ZONE %s)::date END
                    WHERE id = ANY(%s) RETURNING id""",
                user.id,
                user.sudo().tz or None,
                zone,
                self.ids,
            )
        )
        self.invalidate_recordset(["user_id", "user_tz", "date_deadline"], flush=False)
        self.env["crm.planner"]._follow(self.ids)
