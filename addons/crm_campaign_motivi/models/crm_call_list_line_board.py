from odoo import models


class CrmCallListLine(models.Model):
    """What the coordinator's page reads of the lines: from indexes alone."""

    _inherit = "crm.call.list.line"

    # With the list for those who watch a part of the campaign.
    _campaign_state = models.Index("(campaign_id, category, list_state_id, list_id)")
    _campaign_recalls = models.Index(
        "(campaign_id, recall_at, recall_scope, list_id) WHERE category = 'recall'"
    )
