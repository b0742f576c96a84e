from odoo import fields, models


class CrmSegnalazioneState(models.Model):
    _inherit = "crm.segnalazione.state"

    is_visited = fields.Boolean(
        "Counts as Visited",
        help="A document that comes to this state for the first time counts as one"
        " visit. A contract that began as an appointment counts as a visit as well,"
        " though nobody marked it.",
    )
    is_contract = fields.Boolean(
        "Counts as Contract",
        help="A document that comes to this state for the first time counts as one"
        " contract, confirmed or not.",
    )


class CrmSegnalazioneType(models.Model):
    _inherit = "crm.segnalazione.type"

    is_counted = fields.Boolean(
        "Counts in Figures",
        default=True,
        help="Visits, contracts and confirmed contracts of this type are counted. Off"
        " for types of which each document only repeats another one.",
    )
