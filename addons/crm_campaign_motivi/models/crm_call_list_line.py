from odoo import fields, models

from .crm_list_state import CATEGORIES

#: Conditions of the queues' partial indexes, named again by every claim.
WAITING = "suspended IS NOT TRUE AND rest_until IS NULL"
FRESH = "category = 'to_call'"
PROMISED = "category = 'recall' AND recall_scope != 'automatic'"
RETRY = "category = 'recall' AND recall_scope = 'automatic'"


class CrmCallListLine(models.Model):
    """A name in a list: the narrow row on which dialling happens.

    Everything that changes with a call is here, so that a call never writes on
    the wide and much indexed ``crm_lead``. No chatter, no log columns.
    """

    _name = "crm.call.list.line"
    _description = "Name in a Call List"
    _inherit = ["crm.monitored.mixin"]
    _order = "list_id, rank, id"
    _rec_name = "lead_id"
    _log_access = False
    _monitored_fields = ("recall_user_id", "claimed_by_id")

    list_id = fields.Many2one("crm.call.list", required=True, ondelete="cascade")
    campaign_id = fields.Many2one("utm.campaign", ondelete="restrict")
    lead_id = fields.Many2one("crm.lead", "Name", required=True, ondelete="cascade")
    list_state_id = fields.Many2one("crm.list.state", ondelete="restrict")
    list_state_color = fields.Char(related="list_state_id.color", string="Color")
    # Copied from the state, so that the partial indexes of the queue can name it.
    category = fields.Selection(CATEGORIES)
    rank = fields.Integer(help="Order of calling within the list, smallest first.")
    attempts = fields.Integer()
    zone_id = fields.Integer(
        "Zone Number",
        help="Copy of the zone of the name, zero for none, kept by the database: the"
        " queue of a zone is read from an index.",
    )
    last_outcome_id = fields.Many2one("crm.outcome", ondelete="restrict")
    last_contact_at = fields.Datetime("Last Contact")
    rest_until = fields.Datetime(
        help="Not served before: the name was put back without an outcome."
    )
    # Recall
    recall_at = fields.Datetime("Call Again At")
    recall_scope = fields.Selection(
        [
            ("public", "Public"),
            ("private", "Private"),
            ("skill", "Best Skill"),
            ("automatic", "Retry, Not Promised"),
        ]
    )
    recall_user_id = fields.Many2one("res.users", "Recall Of", ondelete="set null")
    # Claim: who has the name in hand
    claimed_by_id = fields.Many2one("res.users", "In the Hands Of", ondelete="set null")
    claimed_at = fields.Datetime("In Hand Since")
    claimed_until = fields.Datetime("In Hand Until")
    claim_token = fields.Char(groups=fields.NO_ACCESS)
    claim_is_ahead = fields.Boolean(
        "Kept for Next",
        help="Kept for an operator who is still at work on another name: in nobody's"
        " hands yet.",
    )
    # What the list shows of the name itself, read and never copied
    lead_phone = fields.Char(related="lead_id.phone", string="Phone")
    lead_mobile = fields.Char(related="lead_id.mobile", string="Mobile")
    lead_city = fields.Char(related="lead_id.city", string="City")
    lead_zone_id = fields.Many2one(related="lead_id.zone_id", string="Zone")

    # Where it is outside the queue of fresh names
    is_filtered = fields.Boolean(
        "Left Out by the Filter",
        help="The filter of the campaign leaves the name out, or it can't be called at"
        " all. Brought in step in the background; the claim asks the filter itself.",
    )

    # The name first: its index also answers in which lists a name is.
    _once_per_list = models.Constraint(
        "UNIQUE (lead_id, list_id)", "This name is in the list already."
    )
    _last_rank = models.Index("(list_id, rank)")
    # The queues. Whatever is not to be served now is outside of them, so that a claim
    # reads the first entries of an index and no more.
    _queue_fresh = models.Index(
        f"(list_id, rank, id) WHERE {WAITING} AND {FRESH} AND is_filtered IS NOT TRUE"
    )
    _queue_zone = models.Index(
        f"(list_id, zone_id, rank, id)"
        f" WHERE {WAITING} AND {FRESH} AND is_filtered IS NOT TRUE"
    )
    _queue_filtered = models.Index(
        f"(list_id, rank, id) WHERE {WAITING} AND {FRESH} AND is_filtered IS TRUE"
    )
    _queue_recall = models.Index(
        f"(list_id, recall_scope, recall_at, id) WHERE {WAITING} AND {PROMISED}"
    )
    _queue_retry = models.Index(
        f"(list_id, recall_at, id)"
        f" WHERE {WAITING} AND {RETRY} AND is_filtered IS NOT TRUE"
    )
    _resting = models.Index("(rest_until) WHERE rest_until IS NOT NULL")
    # A name is in one pair of hands at most, however many lists it is in.
    _claimed_once = models.UniqueIndex(
        "(lead_id) WHERE claimed_by_id IS NOT NULL",
        "Somebody else is working on this name at this moment.",
    )
    _claims_of_user = models.Index("(claimed_by_id) WHERE claimed_by_id IS NOT NULL")
    _recall_of_user = models.Index(
        "(recall_user_id, recall_at) WHERE recall_user_id IS NOT NULL"
    )
