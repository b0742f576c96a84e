from odoo import api, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import OrderedSet


class CrmMonitoredMixin(models.AbstractModel):
    """Rows that would show how much a single person works.

    Article 4 of Italian law 300/1970: screens and figures per worker need an
    agreement with the unions. While the company has not recorded one
    (``res.company._is_individual_monitoring_allowed``), nobody may count, group,
    filter, sort or export these rows by person, neither here nor from another
    model. One's own figures stay one's own, and the history of a single name
    still says who spoke to it.
    """

    _name = "crm.monitored.mixin"
    _description = "Rows under the Rule of Individual Monitoring"

    #: Fields that name the person whose work a row shows.
    _monitored_fields = ("user_id",)

    @api.model
    def _is_monitored_field_closed(self, field_expr):
        """Tell whether figures by this field are forbidden to the current user.

        Rows belong to no company, so all companies of the user must allow them.

        :param str field_expr: a field, also with a path (``user_id.name``) or an
            aggregate (``user_id:count_distinct``)
        :rtype: bool
        """
        field_name = field_expr.partition(":")[0].partition(".")[0]
        return (
            field_name in self._monitored_fields
            and not self.env.su
            and not self.env.user.sees_person_figures
        )

    @api.model
    def _check_monitored_field(self, field_expr):
        if self._is_monitored_field_closed(field_expr):
            raise AccessError(self._monitoring_sentence())

    @api.model
    def _monitoring_sentence(self):
        """Return why there are no figures per person, and what to do about it.

        :rtype: str
        """
        return self.env._(
            "Figures per person are switched off: they need a union agreement."
            " Group by team or campaign, or ask an administrator to record"
            " the agreement in the settings of the call centre."
        )

    @api.model
    def _is_own_condition(self, condition):
        """Tell whether a condition only asks for the current user's own rows.

        :param condition: a condition of a domain
        :rtype: bool
        """
        field_name, _dot, rest = condition.field_expr.partition(".")
        value = condition.value
        if not isinstance(value, (list, tuple, set, frozenset, OrderedSet)):
            value = [value]
        return (
            field_name in self._monitored_fields
            and rest in ("", "id")
            and condition.operator in ("=", "in")
            and all(
                one is False or (type(one) is int and one == self.env.uid)
                for one in value
            )
        )

    @api.model
    def _search(self, domain, *args, **kwargs):
        # Every search ends here, also one that comes from another model's domain.
        if not self.env.su:
            # Optimised, so that no condition stands under a negation.
            domain = Domain(domain).optimize(self)
            for condition in domain.iter_conditions():
                if not self._is_own_condition(condition):
                    self._check_monitored_field(condition.field_expr)
        return super()._search(domain, *args, **kwargs)

    def _order_field_to_sql(self, alias, field_name, direction, nulls, query):
        self._check_monitored_field(field_name)
        return super()._order_field_to_sql(alias, field_name, direction, nulls, query)

    def _read_group_groupby(self, alias, groupby_spec, query):
        self._check_monitored_field(groupby_spec)
        return super()._read_group_groupby(alias, groupby_spec, query)

    def _read_group_select(self, aggregate_spec, query):
        self._check_monitored_field(aggregate_spec)
        return super()._read_group_select(aggregate_spec, query)

    def _export_rows(self, fields, **kwargs):
        # Also reached when a name is exported with its history.
        for path in filter(None, fields):
            self._check_monitored_field(path[0])
        return super()._export_rows(fields, **kwargs)
