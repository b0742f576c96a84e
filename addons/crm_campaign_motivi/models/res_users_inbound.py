from odoo import api, fields, models


class ResUsers(models.Model):
    """Which operator a telephone exchange means."""

    _inherit = "res.users"

    telephone_extension = fields.Char(
        "Extension",
        size=32,
        copy=False,
        help="The operator's extension at the telephone exchange, by which it says to"
        " whom it gives an incoming call.",
    )

    _extension_once = models.UniqueIndex(
        "(telephone_extension) WHERE telephone_extension IS NOT NULL",
        "Another user has this extension already.",
    )

    @api.model
    def _operator_of_exchange(self, operator, company):
        """Return the operator whom a telephone exchange means.

        :param str operator: login or extension
        :param res.company company: whose exchange it is
        :return: one user who may answer calls, or none
        :rtype: res.users
        """
        if not operator:
            return self.browse()
        # sudo: the exchange has no rights; it has proved that it is the company's
        users = self.sudo().search(
            [
                "|",
                ("telephone_extension", "=", operator),
                ("login", "=", operator),
                ("company_ids", "in", company.ids),
                ("share", "=", False),
            ],
            limit=2,
        )
        by_extension = users.filtered(lambda user: user.telephone_extension == operator)
        return (by_extension or users)[:1].filtered("may_call_names")
