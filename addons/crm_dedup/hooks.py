import logging

from odoo.addons.crm_callcenter.hooks import release_links

_logger = logging.getLogger(__name__)


def uninstall_hook(env):
    """Let the addon's data go without errors in the log, and its tables with it."""
    env.cr.execute("SELECT count(*) FROM crm_merge_journal WHERE state = 'done'")
    [merges] = env.cr.fetchone()
    if merges:
        _logger.warning(
            "The journal of merges goes: %s merges can't be taken back any more, and"
            " the records that went stay archived.",
            merges,
        )
    release_links(env, "crm_dedup")
    # They have no model that Odoo would drop them with.
    env.cr.execute(
        """DROP TABLE IF EXISTS crm_dedup_key, crm_dedup_stale, crm_dedup_work,
                                crm_dedup_form, crm_dedup_candidate, crm_dedup_found,
                                crm_dedup_key_first, crm_dedup_key_range"""
    )
