from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

#: Kinds of rules, the one that wins first.
KINDS = [
    ("zip", "Postcode"),
    ("zip_range", "Postcode range"),
    ("municipality", "Municipality"),
    ("province", "Province"),
    ("region", "Region"),
]
#: Field of the place of those kinds that are no postcodes.
PLACES = {
    "region": "region_id",
    "province": "state_id",
    "municipality": "municipality_id",
}


class CrmZoneRule(models.Model):
    """One line of what belongs to a zone.

    A region, a province, a municipality, a postcode (CAP) or a range of postcodes.
    """

    _name = "crm.zone.rule"
    _description = "Sales Zone Rule"
    _order = "zone_id, sequence, id"

    zone_id = fields.Many2one("crm.zone", required=True, index=True, ondelete="cascade")
    sequence = fields.Integer(default=10)
    kind = fields.Selection(
        KINDS,
        required=True,
        default="province",
        help="The narrowest wins: a postcode over a range of them (a narrow one over a"
        " wide one), this over a municipality, over a province, over a region.",
    )
    region_id = fields.Many2one("crm.region", ondelete="restrict")
    state_id = fields.Many2one(
        "res.country.state", string="Province", ondelete="restrict"
    )
    municipality_id = fields.Many2one("crm.municipality", ondelete="restrict")
    zip_from = fields.Char("First Postcode", size=5)
    zip_to = fields.Char(
        "Last Postcode",
        size=5,
        compute="_compute_zip_to",
        store=True,
        readonly=False,
        precompute=True,
    )

    _kind_complete = models.Constraint(
        """CHECK ((kind = 'province' AND state_id IS NOT NULL)
               OR (kind = 'region' AND region_id IS NOT NULL)
               OR (kind = 'municipality' AND municipality_id IS NOT NULL)
               OR (kind IN ('zip', 'zip_range') AND zip_from ~ '^[0-9]{5}$'
                   AND zip_to ~ '^[0-9]{5}$' AND zip_from <= zip_to))""",
        "A zone rule names a region, a province, a municipality, a postcode of five"
        " digits, or a first and a last postcode of five digits in rising order.",
    )
    _province_once = models.UniqueIndex(
        "(state_id) WHERE kind = 'province'",
        "This province is already in another zone. Take it away there first.",
    )
    _region_once = models.UniqueIndex(
        "(region_id) WHERE kind = 'region'",
        "This region is already in another zone. Take it away there first.",
    )
    _municipality_once = models.UniqueIndex(
        "(municipality_id) WHERE kind = 'municipality'",
        "This municipality is already in another zone. Take it away there first.",
    )
    _zip_lookup = models.Index("(zip_from, zip_to) WHERE kind IN ('zip', 'zip_range')")

    @api.depends("kind", "zip_from")
    def _compute_zip_to(self):
        for rule in self:
            if rule.kind == "zip":
                rule.zip_to = rule.zip_from

    @api.depends("kind", "region_id", "state_id", "municipality_id", "zip_from")
    def _compute_display_name(self):
        for rule in self:
            place = {
                "region": rule.region_id.name,
                "province": rule.state_id.name,
                "municipality": rule.municipality_id.display_name,
                "zip": rule.zip_from,
                "zip_range": f"{rule.zip_from}-{rule.zip_to}",
            }.get(rule.kind)
            kinds = dict(self._fields["kind"]._description_selection(self.env))
            rule.display_name = f"{kinds.get(rule.kind)} {place}"

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_place_free(vals.get("kind", "province"), vals)
        return super().create(vals_list)

    def write(self, vals):
        if {"kind", *PLACES.values()}.intersection(vals):
            for rule in self:
                rule._check_place_free(vals.get("kind", rule.kind), vals)
        return super().write(vals)

    def _check_place_free(self, kind, vals):
        """Refuse a place that a zone has already, before the database does so.

        :param str kind: of the rule
        :param dict vals: as given to ``create`` or ``write``
        :raise ValidationError: the sentence names the place and the zone
        """
        name = PLACES.get(kind)
        place_id = name and (vals.get(name) if name in vals else self[name].id)
        if not place_id:
            return
        other = self.search(
            [("kind", "=", kind), (name, "=", place_id), ("id", "not in", self.ids)],
            limit=1,
        )
        if other:
            raise ValidationError(
                self.env._(
                    "%(place)s is in zone %(zone)s already. Take it away there first.",
                    place=other[name].display_name,
                    zone=other.zone_id.complete_name
                    + ("" if other.zone_id.active else self.env._(" (archived)")),
                )
            )

    @api.constrains("kind", "zip_from", "zip_to")
    def _check_ranges(self):
        """Refuse ranges that cross each other: nobody could say which one wins.

        A range inside another is fine, the narrower wins.
        """
        self.flush_model(["kind", "zip_from", "zip_to", "zone_id"])
        for rule in self.filtered(lambda rule: rule.kind in ("zip", "zip_range")):
            found = self.env.execute_query(
                SQL(
                    """SELECT id FROM crm_zone_rule
                        WHERE kind IN ('zip', 'zip_range') AND id != %(id)s
                          AND ((zip_from = %(first)s AND zip_to = %(last)s)
                            OR (zip_from < %(first)s AND zip_to >= %(first)s
                                AND zip_to < %(last)s)
                            OR (zip_from > %(first)s AND zip_from <= %(last)s
                                AND zip_to > %(last)s)) LIMIT 1""",
                    id=rule.id,
                    first=rule.zip_from,
                    last=rule.zip_to,
                )
            )
            if found:
                raise ValidationError(
                    self._overlap_sentence(self.browse(found[0]), rule)
                )

    @api.model
    def _overlap_sentence(self, other, rule):
        values = {
            "first": rule.zip_from,
            "last": rule.zip_to,
            "zone": other.zone_id.complete_name,
            "other_first": other.zip_from,
            "other_last": other.zip_to,
        }
        if (other.zip_from, other.zip_to) == (rule.zip_from, rule.zip_to):
            return self.env._(
                "Postcodes %(first)s-%(last)s are already in zone %(zone)s.", **values
            )
        return self.env._(
            "Postcodes %(first)s-%(last)s overlap %(other_first)s-%(other_last)s of"
            " zone %(zone)s, and neither lies inside the other. Make one end where the"
            " other begins.",
            **values,
        )
