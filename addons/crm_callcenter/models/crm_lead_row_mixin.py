from odoo import api, fields, models


class CrmLeadRowMixin(models.AbstractModel):
    """A row of a name that becomes a partner below its customer."""

    _name = "crm.lead.row.mixin"
    _description = "Row of a Name"
    _order = "sequence, id"

    lead_id = fields.Many2one(
        "crm.lead", "Of the Name", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10)
    partner_id = fields.Many2one(
        "res.partner",
        "Became",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    is_partner_made = fields.Boolean(
        "Made the Partner",
        readonly=True,
        copy=False,
        help="The partner did not exist before: it goes when the conversion is undone.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        rows = super().create(vals_list)
        rows._tell_names()
        return rows

    def _tell_names(self):
        """Mark the names that have rows; rows of a customer become partners."""
        # sudo: the mark is the system's own
        self.sudo().lead_id._mark_rows()

    # ------------------------------------------------------------
    # PARTNERS
    # ------------------------------------------------------------

    def _become_partners(self):
        """Make partners below the customers of these rows, or find those there are.

        Nothing is made twice: whoever is below the customer already is taken, and what
        was unknown of it is filled in.
        """
        families = self._families()
        follow = {}
        for row in self:
            family = families[row.lead_id.partner_id.commercial_partner_id]
            facts = row._facts()
            holder = next(
                (holder for known, holder in family if row._is_same(facts, known)), None
            )
            if holder is None:
                family.append((facts, row))
            elif holder._name == "res.partner":
                row._take_partner(holder)
                # Whoever is like the row is the same one, too.
                family.append((facts, holder))
            else:
                follow[row] = holder
        new = self.filtered(lambda row: not row.partner_id and row not in follow)
        partners = self.env["res.partner"].create(
            [row._prepare_partner_values() for row in new]
        )
        for row, partner in zip(new, partners, strict=True):
            row.write({"partner_id": partner.id, "is_partner_made": True})
        for row, first in follow.items():
            row._take_partner(first.partner_id)

    def _families(self):
        """Return who is below the customers of these rows already.

        :return: per customer the facts of each partner, and the partner
        :rtype: dict[res.partner, list[tuple[dict, res.partner]]]
        """
        customers = self.lead_id.partner_id.commercial_partner_id
        families = {customer: [] for customer in customers}
        below = self.env["res.partner"].search(
            [("id", "child_of", customers.ids)], order="id"
        )
        for partner in below:
            family = families.get(partner.commercial_partner_id)
            if family is not None and self._may_become(partner):
                family.append((self._facts_of_partner(partner), partner))
        return families

    def _take_partner(self, partner):
        """Link this row to a partner that exists; what it lacks it gets."""
        self.ensure_one()
        missing = {
            name: value
            for name, value in self._prepare_partner_values().items()
            if value and name not in ("parent_id", "type") and not partner[name]
        }
        if missing:
            partner.write(missing)
        self.partner_id = partner

    def _part_from_partners(self):
        """Take back what rows became: a conversion is undone.

        Partners that the rows made are archived, unless another row or name has them;
        those that were there before stay as they are.
        """
        partners = self.filtered("is_partner_made").partner_id
        self.write({"partner_id": False, "is_partner_made": False})
        self.env.flush_all()
        kept = (
            self.search([("partner_id", "in", partners.ids)]).partner_id
            | self.env["crm.lead"]
            .with_context(active_test=False)
            .search([("partner_id", "in", partners.ids)])
            .partner_id
        )
        (partners - kept).active = False

    def _may_become(self, partner):
        """Tell whether rows of this kind become such partners.

        :rtype: bool
        """
        raise NotImplementedError

    def _facts(self):
        """Return what tells this row from others, as ``_is_same`` compares it.

        :rtype: dict
        """
        raise NotImplementedError

    def _facts_of_partner(self, partner):
        """Return the same of a partner.

        :rtype: dict
        """
        raise NotImplementedError

    @api.model
    def _is_same(self, facts, known):
        """Tell whether two records are the same person or place.

        :param dict facts: of a row
        :param dict known: of a partner or of another row
        :rtype: bool
        """
        raise NotImplementedError

    @api.model
    def _key(self, text):
        """Return the words of a text without their order and capitals.

        :rtype: frozenset
        """
        return frozenset((text or "").casefold().split())

    def _prepare_partner_values(self):
        """Return the values of the partner that this row becomes.

        :rtype: dict
        """
        raise NotImplementedError
