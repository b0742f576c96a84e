import base64
import binascii

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL


class SaleOrder(models.Model):
    """The customer's signature, taken on the agent's telephone."""

    _inherit = "sale.order"

    may_take_signature = fields.Boolean(compute="_compute_may_take_signature")

    @api.depends("signature", "state_category", "user_id")
    @api.depends_context("uid")
    def _compute_may_take_signature(self):
        """Tell whether the user may have this document signed now."""
        for order in self:
            order.may_take_signature = bool(
                order.ids
                and order.segnalazione_type_id
                and not order.signature
                and order.state_category == "open"
                and order._is_signature_taker()
            )

    def _is_signature_taker(self):
        """Tell whether the user is the agent of the document, or may change it.

        :rtype: bool
        """
        self.ensure_one()
        return self.user_id == self.env.user or self.has_access("write")

    def take_signature(self, signed_by, signature):
        """Keep the signature that a customer has written on the screen.

        :param str signed_by: who signed
        :param str signature: the drawing, an image as base64
        :rtype: bool
        :raise AccessError: the document is somebody else's
        :raise UserError: it can't be signed; the sentence says why
        """
        self.ensure_one()
        self.check_access("read")
        if not self._is_signature_taker():
            raise AccessError(
                self.env._(
                    "Only the agent of %(document)s and the back office take its"
                    " signature.",
                    document=self.name,
                )
            )
        self._lock_for_signature()
        obstacle = self._signature_obstacle(signed_by, signature)
        if obstacle:
            raise UserError(obstacle)
        # sudo: agents read documents only; who may do this was checked just above
        order = self.sudo()
        order.write(
            {
                "signed_by": signed_by.strip(),
                "signed_on": fields.Datetime.now(),
                "signature": signature,
            }
        )
        order.message_post(
            body=self.env._("Signed by %(name)s.", name=signed_by.strip()),
            author_id=self.env.user.partner_id.id,
        )
        return True

    def _lock_for_signature(self):
        """Let two who have the same document signed come one after the other."""
        self.env.cr.execute(
            SQL("SELECT 1 FROM sale_order WHERE id = %s FOR UPDATE", self.id),
            log_exceptions=False,
        )
        self.invalidate_recordset(["signature"], flush=True)

    def _signature_obstacle(self, signed_by, signature):
        """Return why a document can't be signed, in a sentence; nothing if it can.

        :rtype: str
        """
        if not self.segnalazione_type_id:
            return self.env._("%(document)s is no document.", document=self.name)
        if self.state_category != "open":
            return self.env._(
                "%(document)s is %(state)s; it can't be signed any more.",
                document=self.name,
                state=self.segnalazione_state_id.name,
            )
        if self.signature:
            return self.env._(
                "%(document)s was signed by %(name)s already.",
                document=self.name,
                name=self.signed_by or self.partner_id.name,
            )
        if not isinstance(signed_by, str) or not signed_by.strip():
            return self.env._("Enter the name of who signs.")
        if not _is_image(signature):
            return self.env._("The signature is empty. Let the customer sign again.")
        return ""


def _is_image(signature):
    """Tell whether a text is a PNG or JPEG as base64.

    :rtype: bool
    """
    if not isinstance(signature, str):
        return False
    try:
        data = base64.b64decode(signature, validate=True)
    except binascii.Error:
        return False
    return data.startswith((b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"))
