from odoo import api, fields, models
from odoo.tools import SQL


class CrmDedup(models.AbstractModel):
    """A new name that is a customer already is linked to it."""

    _inherit = "crm.dedup"

    @api.model
    def _link_customers(self, matches_by_record):
        """Link names that are surely a customer to it, set-based.

        The name keeps its own numbers and address, and so does the customer; the
        commercial state follows the customer. A name that may be two customers is left
        to a person.

        :param dict matches_by_record: by ``KnownRecord`` of the name what
            ``_find_known`` found
        :return: the customer as a whole, by id of the name
        :rtype: dict[int, int]
        """
        chosen, reasons = {}, {}
        for known, matches in matches_by_record.items():
            match = self._sure_customer(known, matches)
            if match and self._company_links(known.company_id):
                other, comparison = match
                chosen[known.record.id] = other
                reasons[known.record.id] = comparison
        if not chosen:
            return {}
        linked = self._write_customers(
            {lead_id: -other.record.id for lead_id, other in chosen.items()}
        )
        self._after_link(linked, reasons)
        return {lead.id: chosen[lead.id].customer_id for lead in linked}

    @api.model
    def _sure_customer(self, known, matches):
        """Return the one customer that a name surely is, if there is one.

        :param KnownRecord known: a record
        :param list matches: what was found for it
        :rtype: tuple[KnownRecord, Comparison] | None
        """
        if known.record.id <= 0 or known.customer_id:
            return None
        sure = [
            match
            for match in matches
            if match[0].record.id < 0 and match[1].verdict == "same"
        ]
        customers = {other.customer_id for other, _comparison in sure}
        return sure[0] if len(customers) == 1 else None

    @api.model
    def _company_links(self, company_id):
        """Tell whether a company wants its new names linked.

        :param int company_id: 0 for a name of all companies
        :rtype: bool
        """
        # sudo: a setting, and nothing else of the company
        companies = self.env["res.company"].sudo()
        company = companies.browse(company_id) if company_id else self.env.company
        return company.sudo().links_new_names

    @api.model
    def _write_customers(self, partner_by_lead):
        """Link names to partners past the ORM, which would overwrite their numbers.

        :param dict partner_by_lead: ids
        :return: the names that had no customer yet
        :rtype: crm.lead
        """
        rows = self.env.execute_query(
            SQL(
                """UPDATE crm_lead lead
                      SET partner_id = new.partner_id, write_uid = %s,
                          write_date = now() AT TIME ZONE 'UTC'
                     FROM unnest(%s::int[], %s::int[]) AS new(lead_id, partner_id)
                    WHERE lead.id = new.lead_id AND lead.partner_id IS NULL
                RETURNING lead.id""",
                self.env.uid,
                list(partner_by_lead),
                list(partner_by_lead.values()),
            )
        )
        # sudo: see _wait
        leads = self.env["crm.lead"].sudo().browse([lead_id for (lead_id,) in rows])
        leads.invalidate_recordset(["partner_id", "write_uid", "write_date"])
        return leads

    @api.model
    def _after_link(self, leads, reasons):
        """Bring names in step with their customers, and say why in the chatter."""
        leads._join_customer()
        leads._link_history_at_commit()
        leads.filtered("has_rows")._make_partners_at_commit()
        sentence = self.env["crm.duplicate.pair"]._reasons_sentence
        leads._message_log_batch(
            {
                lead.id: self.env._(
                    "Linked to the customer %(customer)s: %(reasons)s.",
                    customer=lead.partner_id.display_name,
                    reasons=sentence(
                        [
                            {"code": reason.code, "points": reason.points}
                            for reason in reasons[lead.id].reasons
                        ]
                    ),
                )
                for lead in leads
            }
        )
        self.env.flush_all()


class ResCompany(models.Model):
    _inherit = "res.company"

    links_new_names = fields.Boolean(
        "Link New Names to Customers",
        default=True,
        help="A new name that is surely a customer already is linked to it. Otherwise"
        " the two are shown as a possible duplicate.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    links_new_names = fields.Boolean(
        related="company_id.links_new_names", readonly=False
    )
