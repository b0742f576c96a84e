from odoo.addons.crm_callcenter.hooks import release_links


def uninstall_hook(env):
    """Let the addon's data go without errors in the log."""
    release_links(env, "crm_campaign_motivi")
