from odoo import api, fields, models


class CrmLeadSite(models.Model):
    """A place of a name: a roof, a plant, an office, with its point of delivery."""

    _name = "crm.lead.site"
    _description = "Site of a Name"
    _inherit = ["crm.lead.row.mixin", "crm.pod.mixin"]

    name = fields.Char(required=True)
    street = fields.Char()
    zip = fields.Char("Postcode")
    city = fields.Char()
    state_id = fields.Many2one(
        "res.country.state", "Province", domain="[('country_id.code', '=', 'IT')]"
    )
    zone_id = fields.Many2one(
        "crm.zone",
        compute="_compute_zone_id",
        store=True,
        index="btree_not_null",
        ondelete="restrict",
        help="Found from postcode, municipality and province by the zones' rules.",
    )

    @api.depends("zip", "state_id", "city")
    def _compute_zone_id(self):
        # sudo: which zone a place is in is no secret
        zones = (
            self.env["crm.zone"]
            .sudo()
            ._zones_for([(site.zip, site.state_id.id, site.city) for site in self])
        )
        for site in self:
            site.zone_id = zones[
                site.zip or False, site.state_id.id or False, site.city or False
            ]

    def _prepare_partner_values(self):
        """Return the values of the address of the customer that this row becomes.

        :rtype: dict
        """
        self.ensure_one()
        return {
            "name": self.name,
            "parent_id": self.lead_id.partner_id.commercial_partner_id.id,
            "type": "other",
            "street": self.street,
            "zip": self.zip,
            "city": self.city,
            "state_id": self.state_id.id,
            "country_id": (self.state_id.country_id or self.lead_id.country_id).id,
            "pod": self.pod,
            "zone_id": self.zone_id.id,
        }

    # ------------------------------------------------------------
    # WHICH IS THE SAME
    # ------------------------------------------------------------

    @api.model
    def _may_become(self, partner):
        return bool(partner.parent_id) and partner.type != "contact"

    def _facts(self):
        self.ensure_one()
        return self._facts_of_place(self)

    @api.model
    def _facts_of_partner(self, partner):
        return self._facts_of_place(partner)

    @api.model
    def _facts_of_place(self, place):
        return {
            "name": self._key(place.name),
            "place": self._key(f"{place.street or ''} {place.city or ''}"),
            "street": bool(place.street),
            "pod": place.pod or False,
        }

    @api.model
    def _is_same(self, facts, known):
        if facts["pod"] and known["pod"]:
            return facts["pod"] == known["pod"]
        if facts["street"] and known["street"]:
            return facts["place"] == known["place"]
        return facts["name"] == known["name"]
