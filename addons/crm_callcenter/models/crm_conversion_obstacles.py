from odoo import fields, models
from odoo.fields import Domain


class CrmConversion(models.Model):
    """What may stand in the way of taking a conversion back."""

    _inherit = "crm.conversion"

    def _obstacles(self):
        """Return why this conversion can't be taken back; addons above add theirs.

        :return: sentences, empty when nothing stands in the way
        :rtype: list[str]
        """
        self.ensure_one()
        return [
            *self._obstacles_of_documents(),
            *self._obstacles_of_history(),
        ]

    def _obstacles_of_documents(self):
        found = []
        lead, customer = self.lead_id, self.partner_id.commercial_partner_id
        if "account.move" in self.env:
            invoice = self.env["account.move"].search(
                [
                    ("partner_id", "child_of", customer.ids),
                    ("state", "=", "posted"),
                    ("create_date", ">=", self.create_date),
                ],
                limit=1,
            )
            if invoice:
                found.append(
                    self.env._("invoice %(invoice)s", invoice=invoice.display_name)
                )
        if "sale.order" in self.env:
            orders = self.env["sale.order"]
            domain = Domain("partner_id", "child_of", customer.ids) & Domain(
                "create_date", ">=", self.create_date
            )
            if "opportunity_id" in orders._fields:
                # What belongs to another name of the customer is no obstacle.
                domain &= Domain("opportunity_id", "=", False)
                domain |= Domain("opportunity_id", "=", lead.id)
            order = orders.search(
                domain & Domain("state", "not in", ("draft", "sent", "cancel")),
                limit=1,
            )
            if order:
                found.append(self.env._("order %(order)s", order=order.display_name))
        return found

    def _obstacles_of_history(self):
        # What was taken back, and what takes it back, stands in nobody's way; nor does
        # that the appointment was confirmed or moved.
        moved = self.env.ref("crm_callcenter.activity_type_appointment")
        row = self.env["crm.interaction"].search(
            [
                ("lead_id", "=", self.lead_id.id),
                ("id", ">", self.ledger_id),
                ("reversed_id", "=", False),
                ("reversal_ids", "=", False),
                ("activity_type_id", "!=", moved.id),
            ],
            order="id",
            limit=1,
        )
        if not row:
            return []
        return [
            self.env._(
                "the outcome %(outcome)s of %(date)s",
                outcome=row.outcome_id.name,
                date=fields.Datetime.context_timestamp(self, row.date).strftime(
                    "%d/%m/%Y %H:%M"
                ),
            )
        ]
