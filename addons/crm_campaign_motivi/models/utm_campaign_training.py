from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

#: Names that one click invents.
INVENTED_AT_ONCE = 50
_FIRST = ("Aldo", "Bianca", "Carlo", "Dora", "Elio", "Franca", "Gino", "Irma")
_LAST = ("Inventato", "Fittizio", "Immaginario", "Di Prova", "Finto")


class CrmLead(models.Model):
    """Names that nobody has: for training, and for nothing else."""

    _inherit = "crm.lead"

    is_invented = fields.Boolean(
        "Invented",
        readonly=True,
        copy=False,
        help="For training: archived, so that no search, list or figure sees it.",
    )

    @api.model
    def _invent(self, count, start=1):
        """Make names for training: archived, with numbers that nobody can dial.

        :param int count: how many
        :param int start: number of the first one
        :rtype: crm.lead
        """
        return self.create(
            [self._invented_values(number) for number in range(start, start + count)]
        )

    @api.model
    def _invented_values(self, number):
        person = f"{_FIRST[number % len(_FIRST)]} {_LAST[number % len(_LAST)]}"
        return {
            "name": f"{person} {number}",
            "contact_name": person,
            "type": "lead",
            "active": False,
            "is_invented": True,
            "user_id": False,
            "team_id": False,
            # No country and no network has such a number.
            "phone": f"000 {number:04}",
            "street": f"Via Inventata {number}",
            "city": "Paese di Prova",
        }


class UtmCampaign(models.Model):
    """A training campaign: everything is as in earnest, and nothing is kept."""

    _inherit = "utm.campaign"

    is_training = fields.Boolean(
        "Training",
        help="Operators work on invented names, with all checks of a real call."
        " Nothing is dialled, saved or counted.",
    )

    def write(self, vals):
        if "is_training" in vals:
            changed = self.filtered(
                lambda found: found.is_training != bool(vals["is_training"])
            )
            changed._check_training_can_change()
        return super().write(vals)

    def _check_training_can_change(self):
        # sudo: whether there are names at all
        lines = self.env["crm.call.list.line"].sudo()
        for campaign in self:
            if lines.search([("campaign_id", "=", campaign.id)], limit=1):
                raise UserError(
                    self.env._(
                        "%(campaign)s has names. Choose training before the first name"
                        " enters its lists, or make a campaign for it.",
                        campaign=campaign.title,
                    )
                )

    def action_invent_names(self):
        """Button: put invented names into the lists of a training campaign.

        :return: a message
        :rtype: dict
        """
        self.ensure_one()
        self.check_access("write")
        if not self.is_training:
            raise UserError(self.env._("Only a training campaign has invented names."))
        # sudo: names are made for the campaign that the user may change
        leads = self.env["crm.lead"].sudo().with_context(active_test=False)
        known = leads.search_count([("is_invented", "=", True)])
        invented = leads._invent(INVENTED_AT_ONCE, known + 1)
        self._training_list()._add_leads(invented.ids)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "%(count)s invented names are in the list.", count=len(invented)
                ),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _training_list(self):
        """Return the first list of this campaign, made if it has none.

        :rtype: crm.call.list
        """
        return self.call_list_ids[:1] or self.env["crm.call.list"].create(
            {"name": self.env._("Invented Names"), "campaign_id": self.id}
        )

    def _has_callable_names(self, lists):
        if not self.is_training:
            return super()._has_callable_names(lists)
        # sudo: whether there is one at all
        lines = self.env["crm.call.list.line"].sudo().with_context(active_test=False)
        return bool(
            lines.search(
                [("list_id", "in", lists.ids), ("lead_id.is_invented", "=", True)],
                limit=1,
            )
        )

    def _lines_to_sift_sql(self, is_filtered):
        if self.is_training:
            # Invented names can never be dialled, and are served all the same.
            return SQL("SELECT id FROM crm_call_list_line WHERE false")
        return super()._lines_to_sift_sql(is_filtered)


class CrmDispatch(models.AbstractModel):
    """In training invented names are served, and no others."""

    _inherit = "crm.dispatch"

    @api.model
    def _claim_plan(self, campaign):
        plan = super()._claim_plan(campaign)
        if not campaign.is_training:
            return plan
        invented = SQL(
            "(SELECT lead.is_invented FROM crm_lead lead WHERE lead.id = line.lead_id)"
        )
        return {
            **plan,
            "is_open": True,
            "exceptions": set(),
            "is_closed": False,
            "window": SQL("true"),
            "callable": invented,
            "callable_rarely": invented,
            "is_adaptive": False,
        }
