from odoo import models


class GamificationBadge(models.Model):
    _inherit = "gamification.badge"

    def _get_owners_info(self):
        """Name only the owners whom the current user may see.

        Odoo reads them past the rules of ``gamification.badge.user``, which hide
        badges won by points while individual monitoring is off.
        """
        result = super()._get_owners_info()
        if self.ids and not self.env.su and not self.env.user.sees_person_figures:
            owners = self.env["gamification.badge.user"]._read_group(
                [("badge_id", "in", self.ids)], ["badge_id"], ["user_id:recordset"]
            )
            visible = dict(owners)
            for badge in self:
                badge.unique_owner_ids &= visible.get(badge, self.env["res.users"])
        return result
