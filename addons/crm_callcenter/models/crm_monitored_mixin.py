from odoo import api, models
from odoo.exceptions import AccessError
from odoo.fields import Domain


class CrmMonitoredMixin(models.AbstractModel):
    """Rows that would show how much a single person works.

    Article 4 of Italian law 300/1970: screens and figures per worker need an
    agreement with the unions. While the company has not recorded one
    (``res.company._is_individual_monitoring_allowed``), nobody may count, group,
    filter or export these rows by person. One's own figures stay one's own, and
    the history of a single name still says who spoke to it.
    """

    _name = "crm.monitored.mixin"
    _description = "Rows under the Rule of Individual Monitoring"

    #: Fields that name the person whose work a row shows.
    _monitored_fields = ("user_id",)

    @api.model
    def _is_monitored_field_closed(self, field_name):
        """Tell whether figures by this field are forbidden to the current user."""
        return (
            not self.env.su
            and field_name.split(":")[0].split(".")[0] in self._monitored_fields
            and not self.env.company._is_individual_monitoring_allowed()
        )

    @api.model
    def _check_monitored_field(self, field_name):
        if self._is_monitored_field_closed(field_name):
            raise AccessError(
                self.env._(
                    "Figures per person are switched off: they need a union agreement."
                    " Group by team or campaign, or ask a manager to record the agreement"
                    " in the settings of the call centre."
                )
            )

    def _read_group_groupby(self, alias, groupby_spec, query):
        self._check_monitored_field(groupby_spec)
        return super()._read_group_groupby(alias, groupby_spec, query)

    def _read_group_select(self, aggregate_spec, query):
        self._check_monitored_field(aggregate_spec)
        return super()._read_group_select(aggregate_spec, query)

    @api.model
    def _search(self, domain, *args, **kwargs):
        own = {self.env.uid, self.env.user.name}
        for condition in Domain(domain).iter_conditions():
            value = condition.value
            values = set(value) if isinstance(value, (list, tuple, set, frozenset)) else {value}
            is_own = condition.operator in ("=", "in") and values <= own
            if not is_own:
                self._check_monitored_field(condition.field_expr)
        return super()._search(domain, *args, **kwargs)

    def export_data(self, fields_to_export):
        for field_name in fields_to_export:
            self._check_monitored_field(field_name.split("/")[0])
        return super().export_data(fields_to_export)
