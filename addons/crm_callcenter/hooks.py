def post_init_hook(env):
    """Give the companies that exist the main fields that a new company starts with."""
    companies = env["res.company"].search([("lead_main_field_ids", "=", False)])
    companies.write(
        {"lead_main_field_ids": [(6, 0, companies._default_main_fields().ids)]}
    )
