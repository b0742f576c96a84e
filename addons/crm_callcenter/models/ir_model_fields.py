from odoo import api, models, tools
from odoo.exceptions import MissingError, UserError
from odoo.orm.model_classes import pop_field

from odoo.addons.base.models.ir_model import MODULE_UNINSTALL_FLAG

from ..tools.custom_field import MODELS, PREFIX

#: Proof that the catalogue itself removes a field: no request can send this object.
BY_CATALOGUE = object()
#: Key of the context that carries it.
CATALOGUE_KEY = "crm_custom_field_catalogue"
#: Key of the context that lets the column of a removed field stay.
KEEP_KEY = "crm_custom_field_keep_column"


def _no_foreign_key(*_args):
    """Do nothing: a field that has this as ``update_db_foreign_key`` gets no key."""


class IrModelFields(models.Model):
    """The columns of custom fields belong to their catalogue."""

    _inherit = "ir.model.fields"

    def _instanciate_attrs(self, field_data):
        """Let links of custom fields have no foreign key.

        A key on a table of millions of names locks and reads all of it when it is
        added. The catalogue looks after what the links lead to instead.
        """
        attrs = super()._instanciate_attrs(field_data)
        if (
            attrs
            and field_data["ttype"] == "many2one"
            and field_data["name"].startswith(PREFIX)
        ):
            attrs["update_db_foreign_key"] = _no_foreign_key
        return attrs

    @api.model
    def _get_fields_cached(self, model_name):
        """Describe fields also to a request that is older than one of them.

        The ids of the fields are remembered for all requests of this process, the
        rows are looked up on the snapshot of the one at hand, which may have begun
        before a field was added and have waited for its column.
        """
        try:
            return super()._get_fields_cached(model_name)
        except MissingError:
            if model_name not in MODELS:
                raise
            with self.env.registry.cursor() as cr:
                latest = self.with_env(self.env(cr=cr))
                return super(IrModelFields, latest)._get_fields_cached(model_name)

    # Odoo makes these dictionaries anew for each field that it describes: with a
    # thousand fields that is a quarter of a second for every form that is opened.

    @api.model
    @tools.ormcache("model_name", "self.env.lang", cache="stable")
    def get_field_string(self, model_name):
        return super().get_field_string(model_name)

    @api.model
    @tools.ormcache("model_name", "self.env.lang", cache="stable")
    def get_field_help(self, model_name):
        return super().get_field_help(model_name)

    def _is_custom_field(self):
        self.ensure_one()
        return self.model in MODELS and self.name.startswith(PREFIX)

    def _prepare_update(self):
        """Let nobody remove or rename the columns past the catalogue."""
        allowed = self.env.context.get(
            CATALOGUE_KEY
        ) is BY_CATALOGUE or self.env.context.get(MODULE_UNINSTALL_FLAG)
        for record in self:
            if not allowed and record._is_custom_field():
                raise UserError(
                    self.env._(
                        "%(field)s is a custom field of names. Delete it in the"
                        " catalogue of custom fields of the call centre.",
                        field=record.field_description,
                    )
                )
        return super()._prepare_update()

    def _drop_column(self):
        if self.env.context.get(KEEP_KEY) is BY_CATALOGUE:
            for record in self:
                pop_field(self.env.registry[record.model], record.name)
            return True
        return super()._drop_column()
