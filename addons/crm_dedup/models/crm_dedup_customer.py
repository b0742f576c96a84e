from odoo import api, fields, models
from odoo.tools import SQL

from ..tools.merge_log import MergeLog

#: Rows of a name that become partners of its customer.
_ROWS = ("crm.lead.contact", "crm.lead.site")


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
        taken_back = self._links_taken_back(list(chosen)) if chosen else ()
        for lead_id in taken_back:
            del chosen[lead_id]
        if not chosen:
            return {}
        partners = {lead_id: -other.record.id for lead_id, other in chosen.items()}
        log, keys = self._watch_links(partners)
        with self.env["crm.merge"]._ledger_written() as ids:
            linked = self._write_customers(partners)
            self._after_link(linked, reasons)
        log.created("crm_interaction", ids, "lead_id", keys)
        self._write_links(linked, log)
        return {lead.id: chosen[lead.id].customer_id for lead in linked}

    @api.model
    def _links_taken_back(self, lead_ids):
        """Return which names were linked before, until a person took it back.

        :rtype: list[int]
        """
        # sudo: whether there is a row, not what it says
        journals = self.env["crm.merge.journal"].sudo()
        undone = journals.search_fetch(
            [
                ("model", "=", "crm.lead"),
                ("loser_ref", "in", lead_ids),
                ("reason", "=", "customer"),
                ("state", "=", "undone"),
            ],
            ["loser_ref"],
        )
        return list(set(undone.mapped("loser_ref")))

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

    # ------------------------------------------------------------
    # JOURNAL
    # ------------------------------------------------------------

    @api.model
    def _watch_links(self, partner_by_lead):
        """Look at all that links of names to customers may change.

        :param dict partner_by_lead: ids
        :return: what is recorded, and the link by id of each name that it may change:
            those that are linked, and the other ones of their customers
        :rtype: tuple[MergeLog, dict[int, int]]
        """
        log = MergeLog(self.env.cr)
        family = dict(
            self.env.execute_query(
                SQL(
                    """SELECT family.id, new.lead_id
                         FROM unnest(%s::int[], %s::int[]) AS new(lead_id, partner_id)
                         JOIN res_partner own ON own.id = new.partner_id
                         JOIN res_partner family
                           ON family.commercial_partner_id = own.commercial_partner_id
                        """,
                    list(partner_by_lead),
                    list(partner_by_lead.values()),
                )
            )
        )
        names = self.env.execute_query(
            SQL(
                "SELECT id, partner_id FROM crm_lead WHERE partner_id = ANY(%s)",
                list(family),
            )
        )
        keys = {lead_id: family[partner_id] for lead_id, partner_id in names}
        keys.update({lead_id: lead_id for lead_id in partner_by_lead})
        log.watch("res_partner", family)
        log.watch("crm_lead", keys)
        return log, keys

    @api.model
    def _write_links(self, leads, log):
        """Show history and contacts of names on their customers, and write the journal.

        :param crm.lead leads: that were linked
        :param MergeLog log: as ``_watch_links`` returned it
        """
        if not leads:
            return
        own = {lead_id: lead_id for lead_id in leads.ids}
        self.env["crm.merge"]._link_history(leads.ids, own, log)
        self._make_partners(leads.filtered("has_rows"), log)
        self.env.flush_all()
        log.settle()
        # sudo: the journal is written by merges alone
        self.env["crm.merge.journal"].sudo().create(
            [
                {
                    "model": "crm.lead",
                    "survivor_ref": lead.id,
                    "loser_ref": lead.id,
                    "survivor_name": lead.partner_id.display_name,
                    "loser_name": lead.name,
                    "company_id": lead.company_id.id,
                    "reason": "customer",
                    "entries": log.of(lead.id),
                }
                for lead in leads
            ]
        )
        self.env.invalidate_all()

    @api.model
    def _make_partners(self, leads, log):
        """Let the rows of names become partners of their customers, and record it."""
        if not leads:
            return
        # sudo: rows of a name that the system links
        waiting = [
            self.env[name]
            .sudo()
            .search([("lead_id", "in", leads.ids), ("partner_id", "=", False)])
            for name in _ROWS
        ]
        for rows in waiting:
            log.watch(rows._table, {row.id: row.lead_id.id for row in rows})
        leads._make_child_partners()
        for rows in waiting:
            for row in rows.filtered("is_partner_made"):
                key = row.lead_id.id
                log.add(key, "create", "res_partner", row.partner_id.ids)


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
