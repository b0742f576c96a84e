from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.crm_callcenter.models.crm_lead import PHONE_FIELDS
from odoo.addons.crm_callcenter.tools.phone import (
    format_international,
    split_phone_cell,
    to_e164,
)

#: No number is longer, however it is written.
LONGEST = 60


class CrmDesk(models.AbstractModel):
    """Numbers that turn out to be wrong, or are told anew, while a name is in hand.

    Nothing is written before CONFIRM: the browser keeps what the operator says, and
    hands it over with the outcome. A number that was typed may be dialled at once, by
    the same rules as one that is stored.
    """

    _inherit = "crm.desk"

    # ------------------------------------------------------------
    # WHAT THE DESK SHOWS
    # ------------------------------------------------------------

    @api.model
    def open(self):
        """Start the desk; see the base method.

        :return: also ``number_fields``: the fields of a name's numbers, and which of
            them the operator may change
        :rtype: dict
        """
        editable = self._editable_numbers()
        lead_fields = self.env["crm.lead"]._fields
        return {
            **super().open(),
            "number_fields": [
                {
                    "field": name,
                    "label": lead_fields[name]._description_string(self.env),
                    "editable": name in editable,
                }
                for name in PHONE_FIELDS
            ],
        }

    @api.model
    def _editable_numbers(self):
        """Return which numbers of a name the current user may change.

        :rtype: set[str]
        """
        fields_open = set(PHONE_FIELDS)
        if self.env.user._is_restricted_operator():
            fields_open &= self.env["crm.lead"]._operator_editable_fields()
        return fields_open

    @api.model
    def _payload_number(self, row):
        """Say also how and when the number was tried last, each by itself.

        :param dict row: as ``crm.lead._phone_rows`` returns it, if any
        """
        values, row = super()._payload_number(row), row or {}
        is_doubtful = values["state"] in ("wrong", "busy")
        return {
            **values,
            "doubt": row.get("state_label", "") if is_doubtful else "",
            "last_result": row.get("last_result", ""),
            "last_call": fields.Datetime.to_string(row.get("last_call")) or None,
            "best_hour": row.get("best_hour", ""),
        }

    # ------------------------------------------------------------
    # A NUMBER THAT IS TYPED
    # ------------------------------------------------------------

    @api.model
    def check_number(self, line_id, claim_token, field, number):
        """Read a number that the operator has typed; write nothing.

        :param str field: ``phone``, ``mobile`` or ``phone_second``
        :param str number: as it was typed
        :return: the number as in the name's payload
        :rtype: dict
        :raise UserError: it is no number, or the name has it already
        """
        line = self._held_line(line_id, claim_token)
        self._check_may_change(field)
        lead = line.lead_id
        e164 = self._read_number(lead, number)
        twin = next(
            (name for name in PHONE_FIELDS if lead[f"{name}_e164"] == e164), None
        )
        if twin:
            raise UserError(
                self.env._(
                    "The name has this number already, as %(field)s.",
                    field=lead._fields[twin]._description_string(self.env),
                )
            )
        why = self.env["phone.blacklist"]._why_forbidden([e164])
        facts = self.env["crm.phone.number"]._facts([e164])
        known = lead._phone_fact_labels(e164, facts.get(e164), e164 in why)
        company = line.campaign_id._rule_company()
        return {
            "field": field,
            "label": lead._fields[field]._description_string(self.env),
            "raw": number.strip(),
            "e164": e164,
            "blocked": e164 in why,
            "without_consent": bool(lead._numbers_without_consent([e164], company)),
            **self._payload_number({**known, "why": why.get(e164, "")}),
        }

    @api.model
    def log_dial_typed(self, line_id, claim_token, field, number):
        """Record that a number that was typed is being dialled; see ``log_dial``.

        :param str field: ``phone``, ``mobile`` or ``phone_second``: where it belongs
        :param str number: as it was typed
        :return: ``call_uuid``, ``e164`` and the ``tel`` link
        :rtype: dict
        :raise UserError: it is no number, or may not be dialled
        """
        desk = self.with_context(desk_typed_number=str(number or ""))
        return desk.log_dial(line_id, claim_token, field)

    @api.model
    def _number_of(self, line, field):
        """Return what was typed, where something was."""
        typed = self.env.context.get("desk_typed_number")
        if typed is not None:
            self._check_may_change(field)
            return self._read_number(line.lead_id, typed)
        return super()._number_of(line, field)

    @api.model
    def _read_number(self, lead, text):
        """Return a typed number in E.164.

        :param crm.lead lead: whose country is assumed when no prefix is typed
        :param str text: as it was typed
        :rtype: str
        :raise UserError: it can't be read as a number
        """
        text = text if isinstance(text, str) else ""
        number, country = None, lead._phone_country_code()
        # Of two numbers nobody could tell which one is meant.
        if len(text) <= LONGEST and len(split_phone_cell(text, country)) < 2:
            # sudo: in which province a name is, for its dialling code
            code = lead.sudo().state_id.code or ""
            service = self.env["crm.normaliser"]
            number = service._numbers([text], country, code)[text]
        if not number:
            raise UserError(
                self.env._(
                    "%(number)s can't be read as a telephone number. Write it as people"
                    " dial it, with its area code.",
                    number=text.strip()[:LONGEST] or self.env._("Nothing"),
                )
            )
        return number

    @api.model
    def _check_may_change(self, field):
        """Refuse to change a field that is no number, or closed to the user.

        :raise UserError: a sentence for the desk
        """
        if field not in PHONE_FIELDS:
            raise UserError(
                self.env._("This is not a number of the name. Choose another.")
            )
        if field not in self._editable_numbers():
            label = self.env["crm.lead"]._fields[field]._description_string(self.env)
            raise UserError(
                self.env._(
                    "Operators may not change %(field)s here: the settings of the call"
                    " centre say so.",
                    field=label,
                )
            )

    # ------------------------------------------------------------
    # CONFIRM
    # ------------------------------------------------------------

    @api.model
    def confirm(self, line_id, claim_token, token, outcome_id, **details):
        """Register the outcome, and what was learnt of the numbers.

        Besides those of ``crm.desk``:

        :param dict numbers: by field, ``number``: what is written there from now on;
            ``wrong``: the number in E.164 that turned out to be wrong
        :raise UserError: one can't be read; nothing has been saved
        """
        numbers = details.pop("numbers", None)
        desk = self.with_context(desk_numbers=numbers) if numbers else self
        return super(CrmDesk, desk).confirm(
            line_id, claim_token, token, outcome_id, **details
        )

    @api.model
    def _write_what_was_corrected(self, line):
        result = super()._write_what_was_corrected(line)
        if numbers := self.env.context.get("desk_numbers"):
            self._write_numbers(line.lead_id, self._checked_numbers(numbers))
        return result

    @api.model
    def _checked_numbers(self, numbers):
        """Return what the browser says of numbers, once it can be read.

        :rtype: dict[str, dict]
        :raise UserError: it can't
        """
        readable = isinstance(numbers, dict) and all(
            field in PHONE_FIELDS
            and isinstance(said, dict)
            and set(said) <= {"number", "wrong"}
            and all(isinstance(value, str) for value in said.values())
            for field, said in numbers.items()
        )
        if not readable:
            raise UserError(
                self.env._(
                    "What was said of the numbers can't be read. Reload the page."
                )
            )
        return numbers

    @api.model
    def _write_numbers(self, lead, numbers):
        """Write corrected numbers onto the name, and mark wrong ones.

        :param crm.lead lead: in hand, in sudo
        :param dict numbers: see ``confirm``
        """
        own = set(lead._e164_numbers())
        values = {
            field: self._checked_correction(lead, field, said["number"])
            for field, said in numbers.items()
            if said.get("number")
        }
        before = {field: lead[field] for field in values}
        self._check_no_twins(lead, values)
        # sudo: which fields are open to the user was asked above; the card of a
        # customer follows, which operators can't write
        lead.sudo().write(values)
        self._log_corrections(lead, before)
        # A number that somebody has replaced meanwhile is no longer this name's.
        wrong = own & {said.get("wrong") for said in numbers.values()}
        wrong -= set(self.env["phone.blacklist"]._why_forbidden(list(wrong)))
        # sudo: what is known of a number is closed; these were the name's own
        self.env["crm.phone.number"].sudo()._set_state(sorted(wrong), "wrong")

    @api.model
    def _checked_correction(self, lead, field, number):
        self._check_may_change(field)
        e164 = self._read_number(lead, number)
        # Kept as it was said, where how it is dialled can be computed from that alone.
        if to_e164(number, lead._phone_country_code()) == e164:
            return number.strip()
        return format_international(e164)

    @api.model
    def _check_no_twins(self, lead, values):
        """Refuse to give a name the same number twice.

        :param dict values: numbers as they were typed, by field
        :raise UserError: it names the field
        """
        numbers = [
            self._read_number(lead, values[name])
            if name in values
            else lead[f"{name}_e164"]
            for name in PHONE_FIELDS
        ]
        for name, number in zip(PHONE_FIELDS, numbers, strict=True):
            if name in values and numbers.count(number) > 1:
                raise UserError(
                    self.env._(
                        "%(number)s is among the numbers of the name twice. Take one of"
                        " them back.",
                        number=values[name],
                    )
                )

    @api.model
    def _log_corrections(self, lead, before):
        """Keep on the card what stood there before.

        :param dict before: numbers as they were written, by field
        """
        for field, old in before.items():
            label = lead._fields[field]._description_string(self.env)
            sentence = (
                self.env._(
                    "%(field)s corrected at the desk: %(old)s became %(new)s.",
                    field=label,
                    old=old,
                    new=lead[field],
                )
                if old
                else self.env._(
                    "%(field)s added at the desk: %(new)s.",
                    field=label,
                    new=lead[field],
                )
            )
            lead._message_log(
                body=Markup("<p>%s</p>") % sentence,
                author_id=self.env.user.partner_id.id,
            )
