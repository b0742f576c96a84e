from odoo import api, fields, models
from odoo.exceptions import ValidationError

#: A line remembers the bands tried as the bits of one integer of PostgreSQL.
MOST_BANDS = 31


class CrmDayBand(models.Model):
    """A part of the day (Fascia oraria): who isn't there at one may be at another."""

    _name = "crm.day.band"
    _description = "Day Band"
    _order = "hour_from, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    hour_from = fields.Float(
        "From", required=True, help="Local time of day at which the band begins."
    )
    hour_to = fields.Float(
        "To", required=True, help="Local time of day at which the band ends."
    )
    number = fields.Integer(readonly=True, copy=False, help="Place of its bit.")

    _hours_of_day = models.Constraint(
        "CHECK (hour_from >= 0 AND hour_to <= 24 AND hour_from < hour_to)",
        "A band lies within one day and begins before it ends.",
    )
    _number_once = models.UniqueIndex("(number)", "This band has the bit of another.")

    @api.model_create_multi
    def create(self, vals_list):
        # sudo: archived bands of anybody keep their bits
        taken = set(
            self.sudo()
            .with_context(active_test=False)
            .search([], limit=MOST_BANDS)
            .mapped("number")
        )
        free = [number for number in range(MOST_BANDS) if number not in taken]
        if len(vals_list) > len(free):
            raise ValidationError(
                self.env._(
                    "There are %(most)s day bands at most. Change one of them instead.",
                    most=MOST_BANDS,
                )
            )
        return super().create(
            [
                {**vals, "number": number}
                for vals, number in zip(vals_list, free, strict=False)
            ]
        )

    @api.constrains("hour_from", "hour_to", "active")
    def _check_apart(self):
        for band in self.filtered("active"):
            other = self.search(
                [
                    ("id", "!=", band.id),
                    ("hour_from", "<", band.hour_to),
                    ("hour_to", ">", band.hour_from),
                ],
                limit=1,
            )
            if other:
                raise ValidationError(
                    self.env._(
                        "%(band)s and %(other)s have hours in common. Let one end"
                        " where the other begins.",
                        band=band.name,
                        other=other.name,
                    )
                )

    @api.model
    def _in_use(self):
        """Return the bands of the day, in their order.

        :rtype: crm.day.band
        """
        # sudo: bands are configuration that an operator has no rights on
        return self.sudo().search([("active", "=", True)])

    def _mask(self):
        """Return the bits of these bands.

        :rtype: int
        """
        mask = 0
        for band in self:
            mask |= 1 << band.number
        return mask

    def _at(self, hour):
        """Return the band of these in which an hour of the day lies.

        :param float hour: local
        :rtype: crm.day.band
        """
        return self.filtered(lambda band: band.hour_from <= hour < band.hour_to)

    def _not_tried(self, mask, last):
        """Return the bands of these in which to try next, and what counts as tried.

        When all were tried, a new round begins, in another band than the last one.

        :param int mask: bits of the bands tried in this round
        :param crm.day.band last: the band of the last try, may be empty
        :rtype: tuple[crm.day.band, int]
        """
        left = self.filtered(lambda band: not mask & band._mask())
        if left:
            return left, mask
        return (self - last) or self, last._mask()
