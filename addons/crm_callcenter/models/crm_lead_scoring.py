import logging

from odoo import SUPERUSER_ID, api, models

from ..tools.cursor import read_committed_cursor

_logger = logging.getLogger(__name__)

#: Context key of a conversion: Odoo's lead scoring learns from it after the commit.
SCORE_AFTER_COMMIT = "callcenter_score_after_commit"


class CrmLead(models.Model):
    """Odoo's predictive lead scoring, kept out of the way of the operators.

    Every sale adds to the same dozen counters. In the transaction of the outcome,
    two sales at a time mean a serialisation failure, and Odoo then sleeps up to
    seconds before it tries again, with the operator waiting.
    """

    _inherit = "crm.lead"

    def _pls_increment_frequencies(self, from_state=None, to_state=None):
        if not self or not self.env.context.get(SCORE_AFTER_COMMIT):
            return super()._pls_increment_frequencies(from_state, to_state)
        registry, lead_ids = self.env.registry, self.ids

        @self.env.cr.postcommit.add
        def count():
            try:
                _count_alone(registry, lead_ids, from_state, to_state)
            except Exception:  # the outcome itself is saved: say nothing else
                _logger.exception("lead scoring could not count %s", lead_ids)


def _count_alone(registry, lead_ids, from_state, to_state):
    """Add to the counters of the lead scoring, one transaction after the other.

    :param list lead_ids: the names that were won or lost, or no longer are
    """
    with read_committed_cursor(registry) as cr:
        cr.execute("SELECT pg_advisory_xact_lock(hashtext('crm.lead.scoring'))")
        leads = api.Environment(cr, SUPERUSER_ID, {})["crm.lead"].browse(lead_ids)
        leads.exists()._pls_increment_frequencies(from_state, to_state)
