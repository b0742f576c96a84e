import hashlib
import time
from datetime import timedelta

from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError
from odoo.tools import SQL

from ..tools.call_url import is_signed

#: How long an address of the exchange is good; its clock may be wrong by as much.
VALID_SECONDS = 300
#: How long the operator may take to put an announced call on the desk.
ANSWER_MINUTES = 15
#: No telephone rings longer: what was announced before waits for nobody any more.
RINGING_SECONDS = 120
#: Refused attempts of a company that are recorded within a minute; a flood of them
#: fills no table.
REFUSED_RECORDED = 30
#: Longer values are no numbers, and no signatures.
MOST_CHARACTERS = 64
#: After so many days a row has told what it can.
KEEP_DAYS = 90
#: Notification of the bus that puts a call on an operator's open desk.
NOTIFICATION = "crm_desk/call"
#: Its answer to the exchange, as HTTP has it.
STATUS = {
    "announced": 200,
    "answered": 200,
    "ended": 200,
    "missed": 200,
    "dismissed": 200,
    "forged": 403,
    "expired": 403,
    "other": 403,
    "unknown": 404,
    "many": 429,
}


class CrmInboundCall(models.Model):
    """A call that a telephone exchange has announced, or tried to.

    One row per address: the same one again is the same call. What is refused is
    recorded, too, without the signature and of course without the secret.
    """

    _name = "crm.inbound.call"
    _description = "Call Announced by the Exchange"
    _inherit = ["crm.monitored.mixin"]
    _order = "date desc, id desc"
    _rec_name = "number"
    _log_access = False

    date = fields.Datetime(required=True, readonly=True)
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="cascade"
    )
    number = fields.Char(readonly=True)
    called = fields.Char("Number Dialled", readonly=True)
    operator = fields.Char("Operator of the Exchange", readonly=True)
    user_id = fields.Many2one(
        "res.users", "Given To", readonly=True, ondelete="set null"
    )
    result = fields.Selection(
        [
            ("announced", "Announced"),
            ("answered", "On the Desk"),
            ("missed", "Over before It Was Taken"),
            ("dismissed", "Dismissed by the Operator"),
            ("forged", "Refused: Wrong Signature"),
            ("expired", "Refused: Too Old"),
            ("other", "Refused: Somebody Else's"),
            ("unknown", "Refused: Operator Not Known"),
            ("many", "Refused: Too Many"),
        ],
        required=True,
        readonly=True,
    )
    # The address itself is not kept, only what tells it from others.
    digest = fields.Char(groups=fields.NO_ACCESS)
    call_uuid = fields.Char(readonly=True)

    _lately = models.Index("(company_id, date)")
    _once = models.UniqueIndex(
        "(digest) WHERE digest IS NOT NULL", "This call is announced already."
    )

    @api.model
    def _announce(self, values, user):
        """Take note of a call that the exchange announces.

        :param dict values: texts of the address by name
        :param res.users user: in whose browser it was opened; empty for the exchange
        :return: the code of the answer, and the call where it is good
        :rtype: tuple[str, crm.inbound.call]
        """
        company, values = self._read_address(values)
        if not company:
            return "forged", self.browse()
        refused = self._why_refused(company, values)
        if refused:
            return self._refuse(refused, company, values)
        digest = hashlib.sha256(values["signature"].lower().encode()).hexdigest()
        # sudo: announced calls are closed; the signature is the right to this one
        known = self.sudo().search([("digest", "=", digest)], limit=1)
        receiver = self._receiver(values.get("operator"), company, user)
        if isinstance(receiver, str):
            return self._refuse(receiver, company, values)
        if known:
            return known._again(receiver)
        if self._count_lately(company) >= company.sudo().inbound_calls_per_minute:
            return self._refuse("many", company, values)
        return "announced", self._take_note(company, values, receiver, digest)

    @api.model
    def _read_address(self, values):
        """Return whose exchange an address is of, and what it says.

        :param dict values: texts of the address by name
        :rtype: tuple[res.company, dict]
        """
        # What was cut is not what was signed.
        values = {
            name: str(text or "")[: MOST_CHARACTERS + 1]
            for name, text in values.items()
        }
        return self._company_of_exchange(values.get("company")), values

    @api.model
    def _why_refused(self, company, values):
        """Return the code of the refusal of an address that proves nothing.

        :param res.company company: whose exchange it says it is of
        :param dict values: what it says
        :return: ``forged`` or ``expired``; ``None`` when it is good
        :rtype: str | None
        """
        # sudo: the secret is closed to everybody
        secret = company.sudo().inbound_call_secret
        if not is_signed(secret, values, values.get("signature")):
            return "forged"
        return None if self._is_fresh(values.get("at")) else "expired"

    @api.model
    def _take_note(self, company, values, receiver, digest):
        try:
            # sudo: as in ``_announce``
            return self.sudo().create(
                {
                    **self._row_values(company, values),
                    "result": "announced",
                    "user_id": receiver.id,
                    "digest": digest,
                }
            )
        except UniqueViolation as error:
            # Odoo runs the request again, which finds the row.
            raise ConcurrencyError(
                "the call is being announced by another request"
            ) from error

    def _again(self, receiver):
        """Answer the same address once more: it is the same call of the same person."""
        if self.user_id != receiver:
            return "other", self.browse()
        return self.result, self

    @api.model
    def _company_of_exchange(self, number):
        # sudo: the exchange has no rights; nothing of the company is told to it
        companies = self.env["res.company"].sudo()
        if not str(number or "").isdecimal() or len(number) > 9:
            return companies.browse()
        return companies.browse(int(number)).exists()

    @api.model
    def _is_fresh(self, moment):
        if not str(moment or "").isdecimal():
            return False
        return abs(time.time() - int(moment)) <= VALID_SECONDS

    @api.model
    def _receiver(self, operator, company, user):
        """Return who gets the call.

        :param str operator: login or extension, as the exchange says it
        :param res.company company: whose exchange it is
        :param res.users user: in whose browser the address was opened
        :return: a user, or the code of a refusal
        :rtype: res.users | str
        """
        meant = self.env["res.users"]._operator_of_exchange(operator, company)
        if operator and not meant:
            return "unknown"
        if user and meant and meant != user:
            return "other"
        if user and not meant:
            # sudo: one's own role and companies
            own = user.sudo()
            meant = user.browse(
                user.ids if own.may_call_names and company in own.company_ids else ()
            )
        return meant or "unknown"

    @api.model
    def _row_values(self, company, values):
        return {
            "date": fields.Datetime.now(),
            "company_id": company.id,
            **{
                name: values.get(name) or False
                for name in ("number", "called", "operator")
            },
        }

    @api.model
    def _refuse(self, code, company, values):
        if self._count_lately(company, refused=True) < REFUSED_RECORDED:
            # sudo: as in ``_announce``
            self.sudo().create({**self._row_values(company, values), "result": code})
        return code, self.browse()

    @api.model
    def _count_lately(self, company, refused=False):
        """Count the calls of the last minute.

        :param res.company company: whose
        :param bool refused: the refused ones, not the good ones
        :rtype: int
        """
        self.flush_model()
        return self.env.execute_query(
            SQL(
                """SELECT count(*) FROM crm_inbound_call
                    WHERE company_id = %s AND date > %s AND (digest IS NULL) = %s""",
                company.id,
                fields.Datetime.now() - timedelta(minutes=1),
                refused,
            )
        )[0][0]

    def _tell_desk(self):
        """Put this call on the open desk of its operator."""
        self.ensure_one()
        self.user_id._bus_send(
            NOTIFICATION, {"call_id": self.id, "number": self.number or ""}
        )

    @api.autovacuum
    def _gc_inbound_calls(self):
        """Forget calls whose numbers nobody needs here any more."""
        oldest = fields.Datetime.now() - timedelta(days=KEEP_DAYS)
        self.search([("date", "<", oldest)], limit=10_000).unlink()
