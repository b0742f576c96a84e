from markupsafe import Markup

from odoo import api, fields, models
from odoo.fields import Domain

from ..tools.known_record import KnownRecord
from ..tools.matching.record import MatchRecord
from .crm_dedup_changes import LEAD_FIELDS

#: Similar names that Odoo's button counts at most.
MOST_SIMILAR = 20
_LOOKED_AT = (
    "contact_name",
    "partner_name",
    "phone",
    "mobile",
    "phone_second",
    "email_from",
    "fiscal_code",
    "vat_number",
    "birth_date",
    "street",
    "street2",
    "zip",
    "city",
    "state_id",
)


class CrmLead(models.Model):
    """Names are compared when they are written, and tell whom they may be."""

    _inherit = "crm.lead"

    duplicate_pair_id = fields.Many2one(
        "crm.duplicate.pair",
        "Likeliest Duplicate",
        compute="_compute_duplicate_pair_id",
    )
    duplicate_text = fields.Html(compute="_compute_duplicate_text", sanitize=False)

    @api.model_create_multi
    def create(self, vals_list):
        leads = super().create(vals_list)
        self.env["crm.dedup"]._wait(leads.ids, new=True)
        return leads

    def write(self, vals):
        result = super().write(vals)
        service = self.env["crm.dedup"]
        if not LEAD_FIELDS.isdisjoint(vals) or not set(vals).isdisjoint(
            service._extra_names()
        ):
            service._wait(self.ids)
        return result

    # ------------------------------------------------------------
    # SIMILAR NAMES
    # ------------------------------------------------------------

    @api.depends(*_LOOKED_AT)
    def _compute_potential_lead_duplicates(self):
        """Add the names that the search for duplicates finds to those of Odoo."""
        result = super()._compute_potential_lead_duplicates()
        if self.env.user._sees_own_work_only():
            return result
        for lead in self:
            # In a form those of Odoo are records that aren't saved.
            known = lead.duplicate_lead_ids._origin | lead._origin
            others = lead._similar_names() - known
            if others:
                lead.duplicate_lead_ids |= others
                lead.duplicate_lead_count += len(others)
        return result

    def _similar_names(self):
        """Return the names that may be this one: as it was saved, or is being typed.

        :rtype: crm.lead
        """
        self.ensure_one()
        pairs = self.env["crm.duplicate.pair"].sudo()  # sudo: as Odoo's own count
        if not self.id or self._origin.id == self.id:
            if self._origin:
                found = pairs.search(
                    Domain("kind", "=", "lead")
                    & Domain("state", "in", ("open", "postponed"))
                    & pairs._domain_of(self._origin),
                    limit=MOST_SIMILAR,
                )
                return (found.first_lead_id | found.second_lead_id).sudo(self.env.su)
        matches = (
            self.env["crm.dedup"]
            .sudo()  # sudo: as Odoo's own count
            ._find_known([self._as_typed()])
            .get(0, [])
        )
        ids = [other.record.id for other, _comp in matches if other.record.id > 0]
        return self.browse(ids[:MOST_SIMILAR])

    def _as_typed(self):
        """Return this name as the comparison takes it, from what stands in the form.

        :rtype: KnownRecord
        """
        self.ensure_one()
        person, company = self.contact_name or "", self.partner_name or ""
        if not person and not company and self.type == "lead":
            if self.lead_kind == "company":
                company = self.name or ""
            else:
                person = self.name or ""
        record = MatchRecord(
            id=self._origin.id or 0,
            person=person,
            company=company,
            phones=tuple(dict.fromkeys(self._e164_numbers())),
            email=self.email_normalized or "",
            fiscal_code=(self.fiscal_code or "").upper(),
            vat_number=self.vat_number or "",
            birth_date=self.birth_date or None,
            street=self.street or "",
            zip=self.zip or "",
            city=self.city or "",
            province=self.state_id.code or "",
            street2=self.street2 or "",
        )
        return KnownRecord(
            record,
            company_id=self.company_id.id or 0,
            customer_id=self.partner_id.commercial_partner_id._origin.id or 0,
        )

    # ------------------------------------------------------------
    # BANNER
    # ------------------------------------------------------------

    def _compute_duplicate_pair_id(self):
        """Find the likeliest open pair; rights decide who is told."""
        pairs = self.env["crm.duplicate.pair"]
        may_look = pairs.has_access("read")
        for lead in self:
            lead.duplicate_pair_id = bool(may_look and lead._origin) and pairs.search(
                Domain("state", "=", "open") & pairs._domain_of(lead._origin),
                order="score DESC",
                limit=1,
            )

    @api.depends("duplicate_pair_id")
    def _compute_duplicate_text(self):
        for lead in self:
            pair = lead.duplicate_pair_id
            if not pair:
                lead.duplicate_text = False
                continue
            first, second = pair._records()
            other = second if first == lead._origin else first
            lead.duplicate_text = Markup("<span>%s</span>") % self.env._(
                "May be the same as %(other)s: %(reasons)s.",
                other=other.display_name,
                reasons=pair.reasons_text,
            )

    def action_compare_duplicates(self):
        """Show the pairs that this name is in.

        :rtype: dict
        """
        self.ensure_one()
        self.env["crm.duplicate.pair"]._check_may_look()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_dedup.crm_duplicate_pair_action"
        )
        action["domain"] = list(self.env["crm.duplicate.pair"]._domain_of(self))
        action["context"] = {"search_default_open": 1}
        return action

    def action_not_duplicate(self):
        """Say that this name and the likeliest one are two: nobody is asked again."""
        self.ensure_one()
        self.duplicate_pair_id.action_different()
        self.invalidate_recordset(["duplicate_pair_id", "duplicate_text"])
