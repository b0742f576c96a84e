from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from ..tools.italian_codes import read_vat_number

#: Rows of a name that whoever works on it may add, whatever the main fields are.
ROW_FIELDS = frozenset(("contact_ids", "household_ids", "site_ids"))
_ROW_TABLES = ("crm_lead_contact", "crm_lead_site")


class CrmLead(models.Model):
    """Person or company: identity, contacts, household and sites of a name."""

    _name = "crm.lead"
    _inherit = ["crm.lead", "crm.identity.mixin"]

    vat_number = fields.Char(
        "Partita IVA", index="btree_not_null", help="Checked when it is entered."
    )
    contact_ids = fields.One2many(
        "crm.lead.contact",
        "lead_id",
        "Contacts",
        domain=[("kind", "=", "contact")],
        help="Who speaks for the company. They become contacts of the customer.",
    )
    household_ids = fields.One2many(
        "crm.lead.contact",
        "lead_id",
        domain=[("kind", "=", "household")],
        help="Who lives there as well. They become contacts of the customer.",
    )
    site_ids = fields.One2many(
        "crm.lead.site",
        "lead_id",
        "Sites",
        help="Roofs, plants and offices. They become addresses of the customer.",
    )

    @api.constrains("vat_number")
    def _check_vat_number(self):
        for lead in self:
            if lead.vat_number and not read_vat_number(lead.vat_number):
                raise ValidationError(
                    self.env._(
                        "%(number)s, the partita IVA of %(name)s, is not valid: a digit"
                        " is missing or wrong. Correct it, or leave it empty.",
                        number=lead.vat_number,
                        name=lead.name,
                    )
                )

    # Read with the name, so that the conversion of the many that have no rows asks for
    # none.
    has_rows = fields.Boolean("Has Contacts or Sites", readonly=True, copy=False)

    # ------------------------------------------------------------
    # RIGHTS
    # ------------------------------------------------------------

    def _check_write_by_role(self, vals):
        """Rows are guarded by their own rights; the name's fields by the settings."""
        own = {name: value for name, value in vals.items() if name not in ROW_FIELDS}
        # A write of rows alone still finds out whether somebody has the name in hand.
        return super()._check_write_by_role(own)

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        arch, view = super()._get_view(view_id, view_type, **options)
        if view_type == "form" and self.env.user._is_restricted_operator():
            for node in arch.xpath("//field[not(ancestor::field)]"):
                if node.get("name") in ROW_FIELDS:
                    node.attrib.pop("readonly", None)
        return arch, view

    # ------------------------------------------------------------
    # CONVERSION
    # ------------------------------------------------------------

    def _prepare_customer_values(self, partner_name, is_company=False, parent_id=False):
        values = super()._prepare_customer_values(partner_name, is_company, parent_id)
        values.update(self._prepare_identity_values(is_company, parent_id))
        return values

    def _prepare_identity_values(self, is_company, parent_id):
        """Return what the customer learns of the identity of this name.

        The company has the company's facts; its contact person has the birth date.
        """
        person = {"birth_date": self.birth_date}
        entity = {
            "fiscal_code": self.fiscal_code,
            "legal_form": self.legal_form,
            "ateco_code": self.ateco_code,
            "employee_count": self.employee_count,
            "vat": self.vat_number and f"IT{self.vat_number}",
        }
        if "l10n_it_codice_fiscale" in self.env["res.partner"]._fields:
            entity["l10n_it_codice_fiscale"] = self.fiscal_code
        if is_company:
            known = entity
        elif parent_id:
            known = person
        else:
            known = {**entity, **person}
        return {name: value for name, value in known.items() if value}

    def _convert_to_opportunity(self, *args, **kwargs):
        partner = super()._convert_to_opportunity(*args, **kwargs)
        # sudo: whether there are rows, for the engine
        self.sudo().filtered("has_rows")._make_child_partners()
        return partner

    def _link_history_at_commit(self):
        self.filtered("has_rows")._make_partners_at_commit()
        return super()._link_history_at_commit()

    def _make_partners_at_commit(self):
        """Let the rows of these names become partners once, when all is written."""
        if not self:
            return
        precommit = self.env.cr.precommit
        waiting = precommit.data.setdefault("crm_callcenter.rows", set())
        if not waiting:
            precommit.add(self.env["crm.lead"].sudo()._make_waiting_partners)
        waiting.update(self.ids)

    @api.model
    def _make_waiting_partners(self):
        ids = self.env.cr.precommit.data.pop("crm_callcenter.rows", ())
        self.browse(sorted(ids))._make_child_partners()
        self.env.flush_all()

    def _make_child_partners(self):
        """Make contacts and addresses of the customer from the rows of these names.

        Rows that have become a partner already are left alone.
        """
        self.env["crm.lead.contact"].flush_model()
        self.env["crm.lead.site"].flush_model()
        # As the system: see ``_convert_to_opportunity``.
        system = self.env(user=SUPERUSER_ID, su=True)
        for model in ("crm.lead.contact", "crm.lead.site"):
            rows = system[model].search(
                [
                    ("lead_id", "in", self.ids),
                    ("lead_id.partner_id", "!=", False),
                    ("partner_id", "=", False),
                ]
            )
            if rows:
                rows._become_partners()

    def _mark_rows(self):
        """Mark that these names have rows, which of customers become partners."""
        if not self:
            return
        self.env.execute_query(
            SQL(
                """UPDATE crm_lead SET has_rows = true
                    WHERE id = ANY(%s) AND has_rows IS NOT TRUE RETURNING id""",
                self.ids,
            )
        )
        self.invalidate_recordset(["has_rows"], flush=False)
        self.filtered("partner_id")._make_partners_at_commit()

    # ------------------------------------------------------------
    # MERGE
    # ------------------------------------------------------------

    def _merge_dependences(self, opportunities):
        result = super()._merge_dependences(opportunities)
        # sudo: the rows follow the name, whoever merges
        kept, sources = self.sudo(), opportunities.sudo().filtered("has_rows")
        if not sources:
            return result
        self.env.flush_all()
        for table in _ROW_TABLES:
            self.env.execute_query(
                SQL(
                    "UPDATE %s SET lead_id = %s WHERE lead_id = ANY(%s) RETURNING id",
                    SQL.identifier(table),
                    self.id,
                    sources.ids,
                )
            )
        self.invalidate_recordset(list(ROW_FIELDS))
        (kept.contact_ids | kept.household_ids)._tell_names()
        kept.site_ids._tell_names()
        return result
