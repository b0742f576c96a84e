from ast import literal_eval

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools.name_text import is_company

#: Customers that are written between two commits: each goes through the ORM.
CUSTOMERS = 500
#: Columns of a customer that are normalised.
COLUMNS = (
    "name",
    "phone",
    "mobile",
    "phone_second",
    "email",
    "fiscal_code",
    "vat",
    "street",
    "street2",
    "zip",
    "city",
    "state_id",
)


#: Columns of a name that say what a column of its customer says; others are alike.
_OWN_COLUMNS = {
    "name": ("name", "partner_name", "contact_name"),
    "email": ("email_from",),
    "vat": ("vat_number",),
}


def _without_country(vat):
    return vat and vat.removeprefix("IT")


class CrmNormaliseRun(models.Model):
    """Customers are normalised as well: their own form is the master of their names.

    There are far fewer of them than names, and much follows what is written on one
    (names, contacts, addresses below a company): the ORM writes them one by one.
    """

    _inherit = "crm.normalise.run"

    target = fields.Selection(
        [("lead", "Names"), ("partner", "Customers")],
        "Whose Values",
        required=True,
        readonly=True,
        default="lead",
    )

    def _of_customers(self):
        return self.target == "partner"

    def _start_alike(self, kind, **values):
        return super()._start_alike(kind, target=self.target, **values)

    @api.depends("target")
    def _compute_display_name(self):
        result = super()._compute_display_name()
        for run in self.filtered(lambda run: run.target == "partner"):
            run.display_name = self.env._("Customers: %(run)s", run=run.display_name)
        return result

    # ------------------------------------------------------------
    # WHICH
    # ------------------------------------------------------------

    def _job_leads(self):
        leads = super()._job_leads()
        if not self._of_customers():
            return leads
        return self.env["res.partner"].with_env(leads.env)

    def _job_domain(self):
        if not self._of_customers():
            return super()._job_domain()
        if self.kind == "undo":
            # sudo: the changes are closed to everybody but managers
            changes = self.env["crm.normalise.change"].sudo()
            query = changes._search([("run_id", "=", self.undone_run_id.id)])
            return Domain("id", "in", query.subselect("partner_id"))
        # Colleagues, and the companies of the database, are no customers.
        return (
            Domain(literal_eval(self.domain))
            & Domain("user_ids", "not any", [("share", "=", False)])
            & Domain("own_company_ids", "=", False)
        )

    def _job_process(self, leads):
        if self._of_customers():
            leads = leads[:CUSTOMERS]
        return super()._job_process(leads)

    def _columns(self):
        return COLUMNS if self._of_customers() else super()._columns()

    def _columns_beside(self):
        if self._of_customers():
            return ("birth_date", "country_id", "is_company")
        return super()._columns_beside()

    def _whose(self):
        return "partner_id" if self._of_customers() else super()._whose()

    def _originals(self):
        if self._of_customers():
            return self.env["res.partner.original"]
        return super()._originals()

    def _leave_alone(self, rows, counts):
        if not self._of_customers():
            return super()._leave_alone(rows, counts)
        names = self._names_of_customers(list(rows))
        for lead_id in self._names_in_hand(list(names)):
            for partner_id in names[lead_id]:
                counts["held"] += rows.pop(partner_id, None) is not None
        return None

    def _names_of_customers(self, partner_ids):
        """Return the names that follow what is written on customers.

        :return: the customers by the id of the name
        :rtype: dict[int, list[int]]
        """
        self.env["crm.lead"].flush_model(["partner_id"])
        return dict(
            self.env.execute_query(
                SQL(
                    """SELECT lead.id, array_agg(partner.id)
                         FROM res_partner partner
                         JOIN res_partner family
                           ON family.commercial_partner_id
                              = partner.commercial_partner_id
                         JOIN crm_lead lead ON lead.partner_id = family.id
                        WHERE partner.id = ANY(%s)
                     GROUP BY lead.id""",
                    partner_ids,
                )
            )
        )

    def _names_changed(self, changes):
        ids = super()._names_changed(changes)
        return sorted(self._names_of_customers(ids)) if self._of_customers() else ids

    # ------------------------------------------------------------
    # WHAT CHANGES
    # ------------------------------------------------------------

    def _say_whose_name(self, row, values):
        if not self._of_customers():
            return super()._say_whose_name(row, values)
        values["is_company"] = bool(row["is_company"]) or is_company(row["name"] or "")
        return None

    def _write_changes(self, changes):
        if not self._of_customers():
            return super()._write_changes(changes)
        # sudo: the role was asked when the run was started
        partners = self.env["res.partner"].with_user(self.user_id).sudo()
        partners = partners.with_context(tracking_disable=True)
        # sudo: see above
        leads = self.env["crm.lead"].with_env(partners.env)
        leads = leads.with_context(active_test=False)
        ids = [partner_id for partner_id, _before, _after in changes]
        names = leads.search([("partner_id", "in", ids)]).grouped("partner_id")
        written = []
        for partner_id, before, after in changes:
            partner = partners.browse(partner_id)
            values = {name: value or False for name, value in after.items()}
            try:
                with self.env.cr.savepoint():
                    partner.write(values)
                    for lead in names.get(partner, ()):
                        self._let_name_follow(lead, before, values)
            except UserError:
                # An old value of the customer that no rule of today lets through.
                continue
            written.append((partner_id, before, after))
        self._keep_what_stood_there(written)
        return written

    def _let_name_follow(self, lead, before, after):
        """Give a name what its customer gets, where it said the same as the customer.

        :param crm.lead lead: one of the customer's names
        :param dict before: values of the customer by column
        :param dict after: values that it gets
        """
        values = {}
        for name, value in after.items():
            for own in _OWN_COLUMNS.get(name, (name,)):
                old, new = before[name] or False, value
                if own == "vat_number":
                    old, new = _without_country(old), _without_country(new)
                now = lead[own].id if own == "state_id" else lead[own]
                if (now or False) == old:
                    values[own] = new
        if values:
            lead.write(values)
