from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.crm_callcenter.tools.saved_search import BROKEN_SEARCH, read_search

#: Why a name of a search does not enter a list, in the order in which it is said.
REASONS = (
    "already",
    "elsewhere",
    "portfolio",
    "uncallable",
    "customer",
    "negotiation",
    "refusal",
)
#: Which switch of a list leaves names out for which reason.
SWITCHES = {
    "elsewhere": "leave_elsewhere",
    "uncallable": "leave_uncallable",
    "customer": "leave_customers",
    "negotiation": "leave_negotiations",
    "refusal": "leave_refusals",
}


class CrmListRuleMixin(models.AbstractModel):
    """Whom a list leaves out: said once for lists, and for the windows that fill them.

    The household of a name are the names with one of its numbers, or with that of a
    member of its household, and the other names of the same customer.
    """

    _name = "crm.list.rule.mixin"
    _description = "Whom a List Leaves Out"

    leave_customers = fields.Boolean(
        "Leave Out Customers",
        default=True,
        help="Names whose commercial state is one of a customer.",
    )
    leave_negotiations = fields.Boolean(
        "Leave Out Open Negotiations",
        default=True,
        help="Names with an opportunity that is neither won nor lost.",
    )
    leave_refusals = fields.Boolean(
        "Leave Out Recent Refusals",
        default=True,
        help="Names with an outcome of kind N within the days below, unless it was"
        " taken back.",
    )
    refusal_days = fields.Integer(
        "Days After a Refusal", default=90, help="A refusal is recent for so many days."
    )
    leave_household = fields.Boolean(
        "The Household As Well",
        default=True,
        help="Leave out also whoever shares a number with such a name, or is the same"
        " customer.",
    )
    leave_elsewhere = fields.Boolean(
        "Leave Out Names of Other Lists of the Campaign",
        default=True,
        help="A name in two lists of one campaign is called twice.",
    )
    leave_uncallable = fields.Boolean(
        "Leave Out Who Must Not Be Called",
        default=True,
        help="Blocked names, and names whose numbers are all on the do-not-call list.",
    )

    _refusal_days = models.Constraint(
        "CHECK (refusal_days >= 0)",
        "The days after a refusal can't be negative.",
    )

    @api.model
    def _rule_fields(self):
        """Return the fields that say whom a list leaves out.

        :rtype: tuple[str]
        """
        return (*SWITCHES.values(), "leave_household", "refusal_days")

    def _reason_labels(self):
        """Return what each reason of ``REASONS`` is called.

        :rtype: dict[str, str]
        """
        return {
            "already": self.env._("already in the list"),
            "elsewhere": self.env._("in another list of the campaign"),
            "portfolio": self.env._("of another portfolio"),
            "uncallable": self.env._("must not be called"),
            "customer": self.env._("customers, or of their household"),
            "negotiation": self.env._("in an open negotiation, or of such a household"),
            "refusal": self.env._("refused recently, or of such a household"),
        }

    def _count_sentences(self, counts):
        """Return the counts of a preview or a build, a line each.

        :param dict counts: by reason, as ``_sort_names`` returns them
        :rtype: str
        """
        return "\n".join(
            f"{counts[reason]:,} {label}"
            for reason, label in self._reason_labels().items()
            if counts.get(reason)
        )

    def _search_leads(self, domain, user=None):
        """Return the names of a search as a user finds them.

        :param str domain: as the web client writes it
        :param res.users user: who searches, by default the current user
        :return: names to search in, and the domain
        :rtype: tuple[crm.lead, Domain]
        :raise ValidationError: the search can't be read
        """
        user = user or self.env.user
        leads = self.env["crm.lead"].with_user(user)
        try:
            found = read_search(domain, leads, user)
            leads._search(found, limit=1)
        except BROKEN_SEARCH as error:
            raise ValidationError(
                self.env._(
                    "The search %(domain)s can't be read: %(error)s. Choose it anew.",
                    domain=domain,
                    error=error,
                )
            ) from error
        return leads, found
