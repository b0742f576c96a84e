from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CrmZoneRule(models.Model):
    """One line of what belongs to a zone: a province, or a range of postcodes (CAP)."""

    _name = "crm.zone.rule"
    _description = "Sales Zone Rule"
    _order = "zone_id, sequence, id"

    zone_id = fields.Many2one("crm.zone", required=True, index=True, ondelete="cascade")
    sequence = fields.Integer(default=10)
    kind = fields.Selection(
        [("province", "Province"), ("zip_range", "Postcode range")],
        required=True,
        default="province",
        help="A postcode range wins over a province; the narrowest range wins.",
    )
    state_id = fields.Many2one(
        "res.country.state", string="Province", ondelete="restrict"
    )
    zip_from = fields.Char("First Postcode", size=5)
    zip_to = fields.Char("Last Postcode", size=5)

    _kind_complete = models.Constraint(
        """CHECK ((kind = 'province' AND state_id IS NOT NULL)
               OR (kind = 'zip_range' AND zip_from ~ '^[0-9]{5}$'
                   AND zip_to ~ '^[0-9]{5}$' AND zip_from <= zip_to))""",
        "A zone rule names either a province, or a first and a last postcode"
        " of five digits in rising order.",
    )
    _province_once = models.UniqueIndex(
        "(state_id) WHERE kind = 'province'",
        "This province is already in another zone. Take it away there first.",
    )
    _zip_lookup = models.Index("(zip_from, zip_to) WHERE kind = 'zip_range'")

    @api.constrains("kind", "zip_from", "zip_to")
    def _check_same_range(self):
        for rule in self.filtered(lambda rule: rule.kind == "zip_range"):
            twin = self.search(
                [
                    ("kind", "=", "zip_range"),
                    ("zip_from", "=", rule.zip_from),
                    ("zip_to", "=", rule.zip_to),
                    ("id", "!=", rule.id),
                ],
                limit=1,
            )
            if twin:
                raise ValidationError(
                    self.env._(
                        "Postcodes %(first)s-%(last)s are already in zone %(zone)s.",
                        first=rule.zip_from,
                        last=rule.zip_to,
                        zone=twin.zone_id.complete_name,
                    )
                )
