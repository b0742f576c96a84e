from datetime import timedelta

from odoo import fields, models
from odoo.tools import SQL


class CrmCallListLine(models.Model):
    """Why a name of a list is not served now, and when it will be."""

    _inherit = "crm.call.list.line"

    def _not_callable_reasons(self):
        """Return every reason, in order, why this name isn't served to everybody now.

        Addons add theirs to what ``super()`` returns.

        :return: dicts with ``code``, ``sentence`` and ``until``, from when on the
            reason is none any more (naive UTC; ``None``: nobody knows)
        :rtype: list[dict]
        """
        self.ensure_one()
        self.check_access("read")
        # sudo: who may read the line may know why it isn't called
        line = self.sudo()
        if line.list_id.owner_id:
            return [
                self._reason(
                    "personal",
                    self.env._("A personal list only remembers who was handled."),
                )
            ]
        now = fields.Datetime.now()
        return [
            *line._reasons_of_campaign(),
            *line._reasons_of_state(),
            *line._reasons_of_hands(now),
            *line._reasons_of_recall(now),
            *line._reasons_of_filter(),
            *line._reasons_of_name(),
            *line._reasons_of_frequency(),
            *line._reasons_of_window(now),
        ]

    def _callable_from(self, reasons):
        """Return from when on a name is served that is not for some reasons.

        :param list reasons: see ``_not_callable_reasons``
        :return: naive UTC, ``None`` when nobody knows, ``False`` without any reason
        :rtype: datetime.datetime | None | bool
        """
        if not reasons:
            return False
        moments = [reason["until"] for reason in reasons]
        return max(moments) if all(moments) else None

    def _reason(self, code, sentence, until=None):
        return {"code": code, "sentence": sentence, "until": until or None}

    def _local_text(self, moment):
        """Return naive UTC as the date and time that the reader knows."""
        local = fields.Datetime.context_timestamp(self, moment)
        return local.strftime("%d/%m/%Y %H:%M")

    # ------------------------------------------------------------
    # THE REASONS
    # ------------------------------------------------------------

    def _reasons_of_campaign(self):
        campaign, call_list = self.campaign_id, self.list_id
        if campaign.call_state != "running" or not campaign.active:
            yield self._reason(
                "not_running",
                self.env._(
                    "The campaign %(campaign)s is not running. Start it.",
                    campaign=campaign.title,
                ),
            )
        if not campaign._serves_by_phone():
            yield self._reason(
                "by_mail",
                self.env._(
                    "The campaign %(campaign)s is by e-mail only: its names are not"
                    " called.",
                    campaign=campaign.title,
                ),
            )
        elif campaign._missing_outcomes():
            yield self._reason(
                "no_outcome",
                self.env._(
                    "No outcome is allowed in the campaign %(campaign)s, so no call"
                    " could be ended. Add outcomes.",
                    campaign=campaign.title,
                ),
            )
        if not call_list.active:
            yield self._reason(
                "list_archived",
                self.env._(
                    "The list %(list)s is archived. Restore it.", list=call_list.name
                ),
            )
        if not call_list.operator_ids:
            yield self._reason(
                "no_operator",
                self.env._(
                    "Nobody works on the list %(list)s. Add operators.",
                    list=call_list.name,
                ),
            )

    def _reasons_of_state(self):
        if self.category == "exhausted":
            yield self._reason("exhausted", self._why_exhausted())
        elif self.category not in ("to_call", "recall"):
            yield self._reason(
                "state",
                self.env._(
                    "Its state in the list is %(state)s, which is not called.",
                    state=self.list_state_id.name or self.category,
                ),
            )
        if self.suspended:
            yield self._reason(
                "suspended", self.env._("Somebody has suspended it. Resume it.")
            )

    def _why_exhausted(self):
        most, outcome = self.campaign_id.max_attempts, self.last_outcome_id
        if most and self.attempts >= most:
            return self.env._(
                "It was tried %(count)s times without success; the campaign needs"
                " %(most)s attempts. Re-open it to try again.",
                count=self.attempts,
                most=most,
            )
        if outcome.retry_max and self.outcome_streak > outcome.retry_max:
            return self.env._(
                "It ended with %(outcome)s %(count)s times in a row, and is tried again"
                " %(most)s times after it. Re-open it to try again.",
                outcome=outcome.name,
                count=self.outcome_streak,
                most=outcome.retry_max,
            )
        return self.env._(
            "It is exhausted, after %(count)s attempts. Re-open it to try again.",
            count=self.attempts,
        )

    def _reasons_of_hands(self, now):
        holder = self.search(
            [
                ("lead_id", "=", self.lead_id.id),
                ("claimed_by_id", "!=", False),
                ("claimed_until", ">", now),
            ],
            limit=1,
        )
        if holder:
            yield self._reason(
                "claimed",
                self.env._(
                    "%(user)s is served the name next.", user=holder.claimed_by_id.name
                )
                if holder.claim_is_ahead
                else self.env._(
                    "%(user)s has the name in hand.", user=holder.claimed_by_id.name
                ),
                holder.claimed_until,
            )
        if self.rest_until and self.rest_until > now:
            yield self._reason(
                "rest",
                self.env._(
                    "It rests until %(moment)s.",
                    moment=self._local_text(self.rest_until),
                ),
                self.rest_until,
            )

    def _reasons_of_filter(self):
        if self._is_promised() or self.category not in ("to_call", "recall"):
            return
        [[matches]] = self._ask_sql(self.campaign_id._filter_in_use())
        if not matches:
            yield self._reason(
                "filter",
                self.env._(
                    "The filter of the campaign %(campaign)s leaves it out.",
                    campaign=self.campaign_id.title,
                ),
            )
        elif self.is_filtered and not self.campaign_id.is_filter_pending:
            company = self.campaign_id._rule_company()
            dispatch = self.env["crm.dispatch"]
            [[is_callable]] = self._ask_sql(dispatch._callable_sql(company))
            if is_callable:
                yield self._reason(
                    "sifting",
                    self.env._(
                        "It was left out when the names were sifted last, and comes"
                        " back the next time, within two hours."
                    ),
                    fields.Datetime.now() + timedelta(hours=2),
                )

    def _ask_sql(self, condition):
        """Ask the database a condition on this line, as a claim does.

        :param SQL condition: on ``line``
        """
        self.env.flush_all()
        return self.env.execute_query(
            SQL(
                "SELECT %s FROM crm_call_list_line line WHERE line.id = %s",
                condition,
                self.id,
            )
        )

    def _reasons_of_name(self):
        lead = self.lead_id
        if not lead.active:
            yield self._reason(
                "archived", self.env._("The name is archived. Restore it.")
            )
        if lead.commercial_state_class == "blocked":
            yield self._reason(
                "blocked",
                self.env._(
                    "Its commercial state %(state)s is blocked.",
                    state=lead.commercial_state_id.name,
                ),
            )
        numbers = lead._e164_numbers()
        if not numbers:
            yield self._reason(
                "no_number",
                self.env._("It has no number that can be dialled. Correct it."),
            )
            return
        forbidden = self.env["phone.blacklist"]._why_forbidden(numbers)
        for number in dict.fromkeys(numbers):
            if number in forbidden and len(forbidden) == len(set(numbers)):
                yield self._reason(
                    "blacklist",
                    self.env._(
                        "%(number)s must not be called: %(why)s",
                        number=number,
                        why=forbidden[number],
                    ),
                )
        free = [number for number in numbers if number not in forbidden]
        company = self.campaign_id._rule_company()
        closed = lead._numbers_without_consent(free, company)
        if free and len(closed) == len(set(free)):
            yield self._reason(
                "consent",
                self.env._(
                    "Nobody has given the consent to call it. Record the consent."
                ),
            )

    def _reasons_of_frequency(self):
        numbers = set(self.lead_id._e164_numbers())
        if self._is_promised() or not numbers:
            return
        company = self.campaign_id._rule_company()
        allowed = company._calls_allowed_from(list(numbers))
        if len(allowed) == len(numbers):
            until = min(allowed.values())
            yield self._reason(
                "frequency",
                self.env._(
                    "Its number was called as often as is allowed, over all campaigns."
                    " It may be called again from %(moment)s on.",
                    moment=self._local_text(until),
                ),
                until,
            )

    def _reasons_of_window(self, now):
        is_open, opening = self.campaign_id._call_window(self.zone_id or 0, now)
        if not is_open:
            yield self._reason(
                "window",
                self.env._(
                    "It is outside the calling hours; they begin on %(moment)s.",
                    moment=self._local_text(opening),
                )
                if opening
                else self.env._("The campaign has no calling hours. Enter them."),
                opening,
            )
