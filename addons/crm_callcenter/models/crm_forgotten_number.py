import secrets

from odoo import api, fields, models
from odoo.tools import SQL

#: The secret without which digests of all Italian numbers could be tried out.
PEPPER = "crm_callcenter.forgotten_number_secret"


class CrmForgottenNumber(models.Model):
    """Numbers of erased persons who must not be called, as digests only.

    A list that is bought again brings the number back: its digest is recognised, and
    the name is never served. The number itself can't be read from here.
    """

    _name = "crm.forgotten.number"
    _description = "Forgotten Number"
    _log_access = False

    digest = fields.Char(required=True, readonly=True)
    date = fields.Datetime(required=True, readonly=True, default=fields.Datetime.now)

    _digest_once = models.Constraint(
        "UNIQUE (digest)", "This number is remembered already."
    )

    @api.model
    def _ensure_secret(self):
        """Make the secret of this database, once."""
        # sudo: the secret is the system's own
        parameters = self.env["ir.config_parameter"].sudo()
        if not parameters.get_param(PEPPER):
            parameters.set_param(PEPPER, secrets.token_hex(32))
            parameters.flush_model()

    @api.model
    def _remember(self, numbers):
        """Keep the digests of numbers.

        :param list numbers: in E.164
        :return: how many were not known yet
        :rtype: int
        """
        if not numbers:
            return 0
        self._ensure_secret()
        rows = self.env.execute_query(
            SQL(
                """INSERT INTO crm_forgotten_number (digest, date)
                   SELECT DISTINCT callcenter_digest(number),
                          now() AT TIME ZONE 'UTC'
                     FROM unnest(%s::varchar[]) AS given(number)
                       ON CONFLICT (digest) DO NOTHING
                RETURNING id""",
                list(numbers),
            )
        )
        return len(rows)

    @api.model
    def _recognised(self, numbers):
        """Return those of the numbers that somebody erased must not be called on.

        :param list numbers: in E.164
        :rtype: set[str]
        """
        rows = self.env.execute_query(
            SQL(
                """SELECT number FROM unnest(%s::varchar[]) AS given(number)
                    WHERE EXISTS (SELECT 1 FROM crm_forgotten_number)
                      AND EXISTS (SELECT 1 FROM crm_forgotten_number
                                   WHERE digest = callcenter_digest(number))""",
                list(numbers),
            )
        )
        return {number for (number,) in rows}
