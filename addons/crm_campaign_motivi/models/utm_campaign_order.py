from odoo import fields, models
from odoo.tools import SQL

from odoo.addons.crm_callcenter.tools.cursor import read_committed_cursor

#: Ranks are integers of PostgreSQL; below this they are moved up again.
LOWEST_RANK = -2_000_000_000
#: The last name's rank when they are moved up. Above it is room for names that are
#: added at the end.
HIGHEST_RANK = 1_900_000_000
#: Lines moved up in one transaction.
BATCH_SIZE = 5000


class UtmCampaign(models.Model):
    """In which order names are served: computed beforehand, one number for each.

    However complex the order, a claim reads an index on that number.
    """

    _inherit = "utm.campaign"

    work_mode = fields.Selection(
        [
            ("list", "Lists: names of each list in turn"),
            ("group", "Groups: all names in one order"),
            ("adaptive", "Adaptive: where the agents have most time"),
        ],
        default="list",
        required=True,
        help="Lists: each operator works through the own lists, and each list has the"
        " order for itself. Groups: whoever works on several lists gets the first name"
        " of all of them. Adaptive: the zone comes first whose agents have the most"
        " free appointments for the names in play there, then the order.",
    )
    order_key_ids = fields.One2many(
        "crm.campaign.order.key",
        "campaign_id",
        "Order",
        copy=True,
        groups="crm_callcenter.group_coordinator,crm_callcenter.group_campaign_manager",
        help="What decides which name comes first: the first key, then the second"
        " among equals. Without keys, the order in which names came into the list.",
    )
    queue_job_ids = fields.One2many("crm.queue.job", "campaign_id", copy=False)
    queue_progress = fields.Char(compute="_compute_queue_progress")

    def _compute_queue_progress(self):
        for campaign in self:
            # sudo: how far the upkeep of one's campaign is
            jobs = campaign.sudo().queue_job_ids
            sentences = [self._progress_of_job(job) for job in jobs]
            campaign.queue_progress = " ".join(filter(None, sentences))

    def _progress_of_job(self, job):
        """Return how far the upkeep of a queue is, if there is anything to say.

        :param crm.queue.job job: of one campaign
        :rtype: str
        """
        kind = dict(job._fields["kind"]._description_selection(self.env))[job.kind]
        if job.state == "failed":
            return self.env._("%(kind)s: %(error)s", kind=kind, error=job.error)
        if job.state not in ("waiting", "running"):
            return ""
        if not job.total_count:
            return self.env._(
                "%(kind)s: the names will soon be brought in step.", kind=kind
            )
        return self.env._(
            "%(kind)s: %(done)s of %(total)s names brought in step.",
            kind=kind,
            done=job.done_count,
            total=job.total_count,
        )

    def write(self, vals):
        result = super().write(vals)
        if "work_mode" in vals:
            self._rerank()
        return result

    def action_rerank(self):
        """Button: put the waiting names in order again, as their properties are now."""
        self.check_access("write")
        self._rerank()

    def _rerank(self):
        """Have the waiting names put in order, in the background."""
        campaigns = self.filtered("is_call_campaign")
        # sudo: jobs are the system's
        self.env["crm.queue.job"].sudo()._ask(campaigns, "rank")

    def _settle_queue(self):
        """Have names that entered the lists take their place, in the background.

        They stand at the end of their list: without an order of the campaign's own
        that is their place. The claim asks a filter of each name by itself, so that
        sifting only makes it quicker.
        """
        self.filtered("order_key_ids")._rerank()
        self.filtered(lambda found: found._has_filter())._refilter()

    def _ordered_lines_sql(self):
        """Return the query of the waiting lines of this campaign in their order.

        :return: yields ids
        :rtype: SQL
        """
        self.ensure_one()
        # sudo: the order is the same for everybody
        lines = self.env["crm.call.list.line"].sudo()
        query = lines._search(
            [("campaign_id", "=", self.id), ("category", "=", "to_call")]
        )
        terms = [key._to_sql(query) for key in self.sudo().order_key_ids]
        terms.append(SQL("crm_call_list_line.rank, crm_call_list_line.id"))
        order = SQL(", ").join(terms)
        if self.work_mode == "list":
            # Each list by itself, and all of them advance evenly.
            order = SQL(
                "row_number() OVER (PARTITION BY crm_call_list_line.list_id"
                " ORDER BY %s), crm_call_list_line.list_id",
                order,
            )
        return SQL("%s ORDER BY %s", query.select(), order)

    def _room_below(self, count):
        """Return the lowest rank in use, with room for so many below it.

        :param int count: of ranks
        :rtype: int
        """
        self.ensure_one()
        for _try in range(2):
            with read_committed_cursor(self.env.registry) as cr:
                cr.execute(
                    SQL(
                        """SELECT min(lowest.rank) FROM crm_call_list list,
                                  LATERAL (SELECT min(rank) AS rank
                                             FROM crm_call_list_line
                                            WHERE list_id = list.id) AS lowest
                            WHERE list.campaign_id = %s""",
                        self.id,
                    )
                )
                lowest = cr.fetchone()[0] or 0
            if lowest - count > LOWEST_RANK:
                break
            self._raise_ranks()
        return lowest

    def _raise_ranks(self):
        """Move all ranks up, from the last one down: the order stays at every step.

        Each line gets a rank by its place from the end, so that whoever begins anew
        after a crash goes on where it ended.
        """
        with read_committed_cursor(self.env.registry) as cr:
            cr.execute(
                SQL(
                    "SELECT id FROM crm_call_list_line WHERE campaign_id = %s"
                    " ORDER BY rank DESC, id DESC",
                    self.id,
                )
            )
            ids = [line_id for (line_id,) in cr.fetchall()]
        for first in range(0, len(ids), BATCH_SIZE):
            with read_committed_cursor(self.env.registry) as cr:
                cr.execute(
                    SQL(
                        """UPDATE crm_call_list_line line
                              SET rank = %s - place.number
                             FROM unnest(%s) WITH ORDINALITY AS place(id, number)
                            WHERE line.id = place.id""",
                        HIGHEST_RANK - first,
                        ids[first : first + BATCH_SIZE],
                    )
                )
