from odoo import models
from odoo.tools import SQL


class IrCron(models.Model):
    _inherit = "ir.cron"

    def _reschedule_later(self, job):
        """Keep the weekly mail of points on Mondays at seven, local time.

        Odoo adds the interval in the time zone of the job's user, which for the
        system's user is UTC: after a change of the clocks, or a run that somebody
        started by hand, the hour or the day would no longer be right.
        """
        result = super()._reschedule_later(job)
        cron = self.env.ref("crm_callcenter.ir_cron_points_mail", False)
        if cron and job["id"] == cron.id:
            moment = self.env.cr.now().replace(microsecond=0)
            self.env.cr.execute(
                SQL(
                    "UPDATE ir_cron SET nextcall = %s WHERE id = %s",
                    self.env["crm.points.mail"]._next_monday(moment),
                    cron.id,
                )
            )
        return result
