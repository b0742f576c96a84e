import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import LockError, UserError, ValidationError
from odoo.tools import SQL

from ..tools.period import period_days, previous_period

_logger = logging.getLogger(__name__)


class CrmPrize(models.Model):
    """A reward for who has enough points, or is among the first, in a period.

    Awarded by a daily job once a period is over, each period once, or by hand. Who
    won is computed from the ledger and then kept.
    """

    _name = "crm.prize"
    _description = "Prize"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company,
        help="In whose time zone the periods begin and end.",
    )
    winner_kind = fields.Selection(
        [("team", "Teams"), ("user", "Operators")],
        string="Who Can Win",
        required=True,
        default="team",
    )
    period = fields.Selection(
        [
            ("week", "Week"),
            ("month", "Month"),
            ("quarter", "Quarter"),
            ("custom", "Once, between two days"),
        ],
        required=True,
        default="month",
    )
    date_from = fields.Date("First Day", help="Of a prize that is awarded once.")
    date_to = fields.Date("Last Day", help="Of a prize that is awarded once.")
    rule = fields.Selection(
        [("threshold", "Enough points"), ("rank", "Among the first")],
        string="Won By",
        required=True,
        default="threshold",
    )
    threshold = fields.Integer(
        "Points Needed", default=100, help="Who has as many or more wins."
    )
    rank = fields.Integer(
        "Down to Rank",
        default=1,
        help="1: only the first; 3: the first three. Those with equal points share a"
        " rank, and all of them win.",
    )
    team_ids = fields.Many2many(
        "crm.team", string="Only Teams", help="Left empty: all."
    )
    campaign_ids = fields.Many2many(
        "utm.campaign", string="Only Campaigns", help="Left empty: all."
    )
    category_ids = fields.Many2many(
        "crm.operator.category",
        string="Only Categories",
        help="With those below them. Left empty: all.",
    )
    reward = fields.Text(required=True, translate=True, help="What the winner gets.")
    award_ids = fields.One2many("crm.prize.award", "prize_id", "Awards")
    award_count = fields.Integer(compute="_compute_award_count")
    awarded_until = fields.Date(
        readonly=True,
        copy=False,
        help="Periods up to this day have been awarded. The next run goes on from"
        " there.",
    )

    _threshold_positive = models.Constraint(
        "CHECK (rule != 'threshold' OR threshold > 0)",
        "A prize for points needs more than zero of them.",
    )
    _rank_positive = models.Constraint(
        "CHECK (rule != 'rank' OR rank > 0)",
        "A prize for the first ones begins at rank 1.",
    )
    _days_in_order = models.Constraint(
        "CHECK (period != 'custom' OR (date_from IS NOT NULL AND date_to IS NOT NULL"
        " AND date_from <= date_to))",
        "A prize that is awarded once needs its first and its last day, in this order.",
    )

    def _compute_award_count(self):
        counts = dict(
            self.env["crm.prize.award"]._read_group(
                [("prize_id", "in", self.ids)], ["prize_id"], ["__count"]
            )
        )
        for prize in self:
            prize.award_count = counts.get(prize, 0)

    @api.constrains("period", "winner_kind", "rule", "threshold", "rank")
    def _check_awarded(self):
        """A prize that has been awarded stays what it was for."""
        # sudo: awards of persons that the current user may not see
        for prize in self.sudo().filtered("award_ids"):
            changed = prize.award_ids.filtered(
                lambda award, prize=prize: (
                    bool(award.user_id) != (prize.winner_kind == "user")
                )
            )
            if changed:
                raise ValidationError(
                    self.env._(
                        "%(prize)s has been awarded already. Archive it and set up a"
                        " new one.",
                        prize=prize.name,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_awarded(self):
        # sudo: awards of persons that the current user may not see
        for prize in self.filtered(lambda prize: prize.sudo().award_ids):
            raise UserError(
                self.env._(
                    "%(prize)s has been awarded and can't be deleted. Archive it.",
                    prize=prize.name,
                )
            )

    # ------------------------------------------------------------
    # WHO WINS
    # ------------------------------------------------------------

    def _in_company(self):
        return self.with_company(self.company_id)

    def _last_period(self):
        """Return the days of the last period that is over.

        :return: first and last day, local; None while the only one is still going on
        :rtype: tuple[datetime.date, datetime.date] | None
        """
        self.ensure_one()
        today = self._in_company().env["crm.points"]._today()
        if self.period != "custom":
            return previous_period(self.period, today)
        return (self.date_from, self.date_to) if self.date_to < today else None

    def _periods_due(self):
        """Return the periods that are over and have not been awarded.

        The first one is the period in which the prize was set up.

        :return: pairs of first and last day, local
        :rtype: list[tuple[datetime.date, datetime.date]]
        """
        last_period = self._last_period()
        if not last_period:
            return []
        if self.period == "custom":
            return [] if self.awarded_until else [last_period]
        planner = self._in_company().env["crm.planner"]
        day = (
            self.awarded_until + timedelta(days=1)
            if self.awarded_until
            else planner._local_day(self.create_date)
        )
        due = []
        while (period := period_days(self.period, day))[1] <= last_period[1]:
            due.append(period)
            day = period[1] + timedelta(days=1)
        return due

    def _filters(self):
        return {
            name: records.ids
            for name, records in (
                ("team_ids", self.team_ids),
                ("campaign_ids", self.campaign_ids),
                ("category_ids", self.category_ids),
            )
            if records
        }

    def _winners(self, first, last):
        """Return who wins this prize in a period.

        :param datetime.date first: local
        :param datetime.date last: local, within
        :return: lines as ``crm.points._ranking`` gives them
        :rtype: list[dict]
        """
        self.ensure_one()
        # sudo: filters may name campaigns that the one who asks doesn't work in
        prize = self.sudo()
        points = prize._in_company().env["crm.points"]
        start, stop = points._bounds(first, last)
        filters = prize._filters()
        if prize.winner_kind == "user":
            filters["user_ids"] = points._person_ids()
        ranking = points._ranking(start, stop, prize.winner_kind, filters)
        if prize.rule == "threshold":
            won = [line for line in ranking if line["points"] >= prize.threshold]
        else:
            won = [
                line
                for line in ranking
                if line["rank"] <= prize.rank and line["points"] > 0
            ]
        return [line for line in won if line["id"]]

    def _closed_by_monitoring(self):
        """Return those for persons, while nobody may look at persons' figures.

        :rtype: crm.prize
        """
        return self.filtered(
            lambda prize: (
                prize.winner_kind == "user"
                and not (
                    prize.company_id._is_individual_monitoring_allowed()
                    and self.env.user.sees_person_figures
                )
            )
        )

    def _refuse_closed(self):
        for prize in self._closed_by_monitoring():
            raise UserError(
                self.env._(
                    "%(prize)s is for operators and can't be awarded. Award it to teams"
                    " instead.",
                    prize=prize.name,
                )
                + " "
                + self.env["crm.interaction"]._monitoring_sentence()
            )

    # ------------------------------------------------------------
    # AWARD
    # ------------------------------------------------------------

    def _award(self, first, last):
        """Award this prize for a period; whoever has it already keeps it as it is.

        :param datetime.date first: local
        :param datetime.date last: local, within
        :return: the awards that are new
        :rtype: crm.prize.award
        """
        self.ensure_one()
        awards = self.env["crm.prize.award"]
        try:
            self.lock_for_update(allow_referencing=True)
        except LockError as error:
            raise UserError(
                self.env._(
                    "%(prize)s is being awarded at this moment. Look at its awards in"
                    " a minute.",
                    prize=self.name,
                )
            ) from error
        column = SQL.identifier(f"{self.winner_kind}_id")
        start, stop = self._in_company().env["crm.points"]._bounds(first, last)
        awards.flush_model()
        new_ids = []
        for line in self._winners(first, last):
            # Somebody else awards it at the same time: expected, no error for the log.
            self.env.cr.execute(
                SQL(
                    """
                    INSERT INTO crm_prize_award (
                        prize_id, %(column)s, date_from, date_to, start, stop, rank,
                        points, state, awarded_date, awarded_by_id, create_uid,
                        write_uid, create_date, write_date)
                    VALUES (%(prize)s, %(winner)s, %(first)s, %(last)s, %(start)s,
                            %(stop)s, %(rank)s, %(points)s, 'awarded', %(now)s, %(uid)s,
                            %(uid)s, %(uid)s, %(now)s, %(now)s)
                    ON CONFLICT DO NOTHING
                    RETURNING id
                    """,
                    column=column,
                    prize=self.id,
                    winner=line["id"],
                    first=first,
                    last=last,
                    start=start,
                    stop=stop,
                    rank=line["rank"],
                    points=line["points"],
                    now=fields.Datetime.now(),
                    uid=self.env.uid,
                ),
                log_exceptions=False,
            )
            new_ids += self.env.cr.fetchall()
        self.invalidate_recordset(["award_ids", "award_count"])
        awards.invalidate_model()
        return awards.browse(new_id for [new_id] in new_ids)

    def _award_due(self):
        """Award the periods that are over, each once.

        :return: the awards that are new
        :rtype: crm.prize.award
        """
        awards = self.env["crm.prize.award"]
        for prize in self:
            for first, last in prize._periods_due():
                awards |= prize._award(first, last)
                # sudo: a note of the job's own
                prize.sudo().awarded_until = last
        return awards

    @api.model
    def _cron_award(self):
        """Award all prizes whose period is over."""
        prizes = self.search([("active", "=", True)])
        closed = prizes._closed_by_monitoring()
        if closed:
            _logger.info(
                "prizes %s not awarded: individual monitoring is off", closed.ids
            )
        # Those that somebody awards by hand at this moment wait for the next run.
        free = (prizes - closed).try_lock_for_update(allow_referencing=True)
        awards = free._award_due()
        _logger.info("%s prizes awarded", len(awards))

    def action_preview(self):
        """Show who wins the last period that is over, before it is awarded.

        :return: the action of the preview
        :rtype: dict
        :raise UserError: the prize is for persons and monitoring is off, or its
            only period is not over
        """
        self.ensure_one()
        self.check_access("write")
        self._refuse_closed()
        period = self._last_period()
        if not period:
            raise UserError(
                self.env._(
                    "%(prize)s runs until %(day)s. Award it when it is over.",
                    prize=self.name,
                    day=fields.Date.to_string(self.date_to),
                )
            )
        preview = self.env["crm.prize.preview"].create(
            {"prize_id": self.id, "date_from": period[0], "date_to": period[1]}
        )
        return preview._open()

    def action_open_awards(self):
        """Open the awards of this prize.

        :return: the action that shows them
        :rtype: dict
        """
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_callcenter.crm_prize_award_action"
        )
        return {**action, "domain": [("prize_id", "=", self.id)]}
