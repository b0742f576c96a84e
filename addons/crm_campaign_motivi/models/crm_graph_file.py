from dataclasses import replace

from odoo import api, models

from odoo.addons.crm_callcenter.tools.graph_file import Section


class CrmGraphFile(models.AbstractModel):
    """What an outcome does to a name in its list belongs to the configuration."""

    _inherit = "crm.graph.file"

    @api.model
    def _sections(self):
        sections = super()._sections()
        outcomes = sections["outcomes"]
        sections["outcomes"] = replace(
            outcomes,
            plain=(
                *outcomes.plain,
                "recall_scope",
                "retry_minutes",
                "retry_max",
                "retry_other_band",
            ),
            references=(*outcomes.references, ("list_state_id", "list_states")),
        )
        list_states = Section(
            "crm.list.state",
            ("name", "sequence", "active", "color", "category"),
            is_optional=True,
        )
        return {"list_states": list_states, **sections}
