from odoo import fields, models
from odoo.tools.misc import formatLang


class CrmCallListLine(models.Model):
    """The button "Why not?" of a name in a list."""

    _inherit = "crm.call.list.line"

    def action_why_not(self):
        """Button: every reason why this name is not served now, and when it will be.

        :return: the window with the answer
        :rtype: dict
        """
        self.ensure_one()
        self.check_access("read")
        reasons = self._not_callable_reasons()
        return self.env["crm.why.not.wizard"]._open(
            self.lead_id.display_name,
            self._why_not_summary(reasons),
            [
                {"sentence": reason["sentence"], "until": reason["until"]}
                for reason in reasons
            ],
        )

    def _why_not_summary(self, reasons):
        """Say in a sentence when the name will be served.

        :param list reasons: see ``_not_callable_reasons``
        :rtype: str
        """
        if not reasons:
            return self.env._(
                "Nothing stands in the way: the name is served when its turn comes."
            )
        if not all(reason["until"] for reason in reasons):
            return self.env._(
                "The name is not served until somebody changes what stands below"
                " without a time."
            )
        local = fields.Datetime.context_timestamp(
            self, max(reason["until"] for reason in reasons)
        )
        return self.env._(
            "The name is served in its turn from %(date)s at %(time)s on.",
            date=local.strftime("%d/%m/%Y"),
            time=local.strftime("%H:%M"),
        )


class UtmCampaign(models.Model):
    """The same question about a whole campaign, answered with counts."""

    _inherit = "utm.campaign"

    def action_why_not(self):
        """Button: how many names are not served now, and why.

        :return: the window with the answer
        :rtype: dict
        """
        self.ensure_one()
        self._check_watchable()
        # sudo: counts of all names of a campaign that the user may watch
        campaign = self.sudo()
        counts = campaign._not_callable_counts()
        missing = [] if self.call_state == "running" else campaign._missing_to_start()
        if self.call_state != "running":
            missing.insert(0, self.env._("The campaign is not running. Start it."))
        return self.env["crm.why.not.wizard"]._open(
            self.title,
            campaign._why_not_summary(missing, counts),
            [{"sentence": sentence} for sentence in missing]
            + [
                {"sentence": label, "name_count": count}
                for _code, label, count in counts
            ],
            is_campaign=True,
        )

    def _why_not_summary(self, missing, counts):
        """Say in a sentence whether names are served.

        :param list missing: sentences about the campaign itself
        :param list counts: see ``_not_callable_counts``
        :rtype: str
        """
        waiting = {code: count for code, _label, count in counts}
        # Each name that the user watches is counted, under one reason.
        free = waiting.get("callable", 0)
        total = formatLang(self.env, sum(waiting.values()), digits=0)
        if missing:
            return self.env._("No name of this campaign is served.")
        if free <= 0:
            return self.env._(
                "None of the %(total)s names can be called now.",
                total=total,
            )
        return self.env._(
            "%(free)s of %(total)s names can be called now.",
            free=formatLang(self.env, free, digits=0),
            total=total,
        )
