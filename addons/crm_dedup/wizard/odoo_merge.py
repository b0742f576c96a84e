from odoo import models
from odoo.exceptions import UserError

from ..models.crm_merge_journal import MERGING_GROUPS

#: Set by the buttons of Odoo's dialogs. Code that merges by itself, such as other
#: addons and their tests, does what it has always done.
JOURNALED = "crm_dedup_journaled_merge"


def _is_journaled(env):
    """Tell whether a merge by Odoo's own means goes the way of this addon.

    Always for whoever merges names, by whatever call. Users without a role of the call
    centre merge by their rights of Odoo.

    :raise AccessError: the user has a role that doesn't merge
    """
    if not env.su:
        if env.user._sees_own_work_only():
            env["crm.merge.journal"]._check_may_merge()
        elif any(map(env.user.has_group, MERGING_GROUPS)):
            return True
    return bool(env.context.get(JOURNALED))


class CrmLead(models.Model):
    """Odoo's dialogs merge names as this addon does: archived, and reversible."""

    _inherit = "crm.lead"

    def _merge_opportunity(
        self, user_id=False, team_id=False, auto_unlink=True, max_length=5
    ):
        if not _is_journaled(self.env):
            return super()._merge_opportunity(
                user_id=user_id,
                team_id=team_id,
                auto_unlink=auto_unlink,
                max_length=max_length,
            )
        if len(self) < 2:
            raise UserError(self.env._("Choose at least two names to merge."))
        ordered = self._sort_by_confidence_level(reverse=True)
        survivor = (ordered.filtered("active") or ordered)[0]
        self.check_access("write")
        # sudo: checked; what is linked to the names is rows of all addons
        self.env["crm.merge"].sudo()._merge(survivor.sudo(), (self - survivor).sudo())
        values = {"user_id": user_id, "team_id": team_id}
        if values := {name: value for name, value in values.items() if value}:
            survivor.write(values)
        return survivor


class CrmLead2opportunityPartner(models.TransientModel):
    """The merge of the dialog that makes an opportunity of a name."""

    _inherit = "crm.lead2opportunity.partner"

    def _action_merge(self):
        if not _is_journaled(self.env):
            return super()._action_merge()
        # As Odoo's own, which would delete those that went.
        result = (self.duplicated_lead_ids | self.lead_id).merge_opportunity()
        if result.type == "lead":
            self._convert_and_allocate(result, self.user_id.ids, self.team_id.id)
        elif not result.user_id or self.force_assignment:
            result.write({"user_id": self.user_id.id, "team_id": self.team_id.id})
        self.lead_id = result
        return result


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """Odoo's dialogs merge customers as this addon does: archived, and reversible."""

    _inherit = "base.partner.merge.automatic.wizard"

    def _merge(self, partner_ids, dst_partner=None, extra_checks=True):
        if not _is_journaled(self.env):
            return super()._merge(partner_ids, dst_partner, extra_checks)
        partners = self.env["res.partner"].browse(partner_ids).exists()
        if len(partners) < 2:
            return None
        if dst_partner not in partners:
            active = partners.filtered("active") or partners
            dst_partner = self._get_ordered_partner(active.ids)[-1]
        partners.check_access("write")
        # sudo: checked; what is linked to customers is rows of all addons
        self.env["crm.merge"].sudo()._merge(
            dst_partner.sudo(), (partners - dst_partner).sudo()
        )
        return None
