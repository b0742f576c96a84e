from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .crm_desk_message import NEWS


class CrmHelpRequest(models.Model):
    """An operator asks the coordinators for help, with the name in hand if any."""

    _name = "crm.help.request"
    _description = "Call for Help"
    _order = "id desc"
    _rec_name = "user_id"
    _log_access = False

    user_id = fields.Many2one(
        "res.users", "Operator", required=True, readonly=True, ondelete="cascade"
    )
    campaign_id = fields.Many2one(
        "utm.campaign", required=True, readonly=True, index=True, ondelete="cascade"
    )
    lead_id = fields.Many2one(
        "crm.lead", "Name in Hand", readonly=True, index=True, ondelete="set null"
    )
    asked_at = fields.Datetime(
        required=True, readonly=True, default=fields.Datetime.now
    )
    seen_by_id = fields.Many2one(
        "res.users", "Taken By", readonly=True, ondelete="set null"
    )
    seen_at = fields.Datetime("Taken At", readonly=True)
    done_at = fields.Datetime(readonly=True)

    _open_once = models.UniqueIndex(
        "(user_id) WHERE done_at IS NULL", "Help has been asked for already."
    )

    # ------------------------------------------------------------
    # WHO LEADS
    # ------------------------------------------------------------

    @api.model
    def open_requests(self):
        """Return the calls for help that the current user may answer.

        :return: ``id``, ``user``, ``campaign``, ``name``, ``asked_at`` (UTC),
            ``seen_by``, ``is_mine``
        :rtype: list[dict]
        """
        requests = self.search([("done_at", "=", False)], order="id", limit=50)
        # sudo: whom a coordinator leads, and the name that they ask about
        return [
            {
                "id": request.id,
                "user": request.user_id.name,
                "campaign": request.campaign_id.title,
                "name": request.lead_id.name or "",
                "asked_at": fields.Datetime.to_string(request.asked_at),
                "seen_by": request.seen_by_id.name or "",
                "is_mine": request.seen_by_id.id == self.env.uid,
            }
            for request in requests.sudo()
        ]

    def take(self):
        """Say that one comes: the operator sees who has seen it.

        :rtype: bool
        :raise UserError: somebody else was quicker, or it is over
        """
        self._check_leads()
        for request in self:
            # sudo: see ``_check_leads``
            request = request.sudo()
            request.lock_for_update()
            if request.done_at:
                raise UserError(self.env._("This call for help is over already."))
            if request.seen_by_id and request.seen_by_id != self.env.user:
                raise UserError(
                    self.env._(
                        "%(user)s has taken this call for help.",
                        user=request.seen_by_id.name,
                    )
                )
            request.write(
                {"seen_by_id": self.env.uid, "seen_at": fields.Datetime.now()}
            )
        self._tell()
        return True

    def done(self):
        """Close calls for help.

        :rtype: bool
        """
        self._check_leads()
        self.sudo()._end()  # sudo: see ``_check_leads``
        return True

    def _end(self):
        self.filtered(lambda request: not request.done_at).write(
            {"done_at": fields.Datetime.now()}
        )
        self._tell()

    def _check_leads(self):
        """Refuse whoever leads neither the campaign nor the operator."""
        if self - self.exists()._filtered_access("read"):
            raise AccessError(
                self.env._("Only the coordinators of the campaign answer this call.")
            )

    # ------------------------------------------------------------
    # WHO IS TOLD
    # ------------------------------------------------------------

    def _tell(self):
        """Let operators and coordinators see what has become of these calls."""
        for request in self.sudo():  # sudo: who leads whom
            for user in request.user_id | request._leaders():
                user._bus_send(NEWS, {"help": True})

    def _leaders(self):
        """Return who is asked: the coordinators of campaign and operator.

        :rtype: res.users
        """
        self.ensure_one()
        groups = self.env["crm.operator.group"].search(
            [("member_ids", "in", self.user_id.ids)]
        )
        return self.campaign_id.coordinator_ids | groups.coordinator_id

    @api.model
    def _describe(self, user):
        """Return the open call for help of a user, for the user's own desk.

        :return: ``id``, ``asked_at``, ``seen_by``, or ``None``
        :rtype: dict | None
        """
        # sudo: one's own call
        request = self.sudo().search(
            [("user_id", "=", user.id), ("done_at", "=", False)], limit=1
        )
        if not request:
            return None
        return {
            "id": request.id,
            "asked_at": fields.Datetime.to_string(request.asked_at),
            "seen_by": request.seen_by_id.name or "",
        }

    @api.autovacuum
    def _gc_old(self):
        old = fields.Datetime.now() - timedelta(days=1)
        self.search([("asked_at", "<", old)], limit=10_000).unlink()
