from odoo.addons.crm_callcenter.hooks import release_links

_TRIGGER_FUNCTIONS = """
    DROP FUNCTION IF EXISTS callcenter_zone_of_lines() CASCADE;
    DROP FUNCTION IF EXISTS callcenter_zone_of_line() CASCADE;
    DROP FUNCTION IF EXISTS callcenter_close_recall() CASCADE;
"""


def uninstall_hook(env):
    """Let the addon's data go without errors in the log, and take its triggers off."""
    release_links(env, "crm_campaign_motivi")
    env.cr.execute(_TRIGGER_FUNCTIONS)
