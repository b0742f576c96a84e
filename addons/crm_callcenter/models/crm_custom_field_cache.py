from odoo import api, models, tools
from odoo.tools import SQL

from ..tools.custom_expression import TOOLS, names_in
from ..tools.custom_field import MODES, ROLES

#: What of an entry every request may need, kept in the cache.
CACHED = (
    *("name", "label", "help_text", "field_type"),
    *("sequence", "binding", "unit", "state"),
    *("is_shown", "is_printable", "on_phone", "in_list", "in_search"),
    *("allow_new_choices", "default_expression", "compute_expression"),
    *("rule_expression", "rule_message"),
    *(f"access_{role}" for role, _group in ROLES),
)
#: What tells a transaction that it has changed the catalogue itself.
CHANGED_KEY = "crm_callcenter.catalogue_changed"
#: Number of the advisory lock of whoever changes the catalogue.
LOCK = SQL("hashtext('crm_custom_field')")


class _Unsettled(Exception):
    """The catalogue as this transaction sees it, which others must not be given."""

    def __init__(self, found):
        super().__init__()
        self.found = found


class CrmCustomField(models.Model):
    """The catalogue as requests know it: looked up once, the same for everybody.

    Requests work on a snapshot of the database. One that began before a field was
    added, and waited behind the lock of its column, still sees the catalogue without
    it. It must not leave that in the cache, where nobody would correct it: what goes
    in is read anew, at a moment when nobody changes the catalogue.
    """

    _inherit = "crm.custom.field"

    def _begin_change(self):
        """Let nobody keep the catalogue in the cache until this transaction ends."""
        cr = self.env.cr
        if CHANGED_KEY not in cr.cache:
            cr.cache[CHANGED_KEY] = True
            cr.execute(SQL("SELECT pg_advisory_xact_lock(%s)", LOCK))
            cr.postcommit.add(self._end_change)
            cr.postrollback.add(self._end_change)

    def _end_change(self):
        """Forget what was remembered of the catalogue while it was being changed."""
        self.env.cr.cache.pop(CHANGED_KEY, None)
        self.env.registry.clear_cache("stable")

    def _forget(self):
        """Forget what requests and views remember of the catalogue."""
        self.env.registry.clear_cache()
        self.env.registry.clear_cache("templates")

    @api.model
    def _catalogue(self):
        """Return what every request may need of the fields in use.

        :return: by technical name: the cached fields, ``id``, ``group`` (id or
            False) and ``portfolio_ids``, in the order of the catalogue
        :rtype: dict[str, dict]
        """
        return self._catalogue_and_version()[0]

    @api.model
    def _catalogue_version(self):
        """Return what differs as soon as the catalogue does, for keys of caches.

        :rtype: int
        """
        return self._catalogue_and_version()[1]

    @api.model
    def _catalogue_and_version(self):
        try:
            return self._settled_catalogue()
        except _Unsettled as unsettled:
            return unsettled.found

    @api.model
    @tools.ormcache()
    def _settled_catalogue(self):
        """Return the catalogue and its version.

        :rtype: tuple[dict, int]
        :raise _Unsettled: with the same, when it must not be kept
        """
        if CHANGED_KEY in self.env.cr.cache or not self.env.registry.ready:
            # What it has made itself. Others look anew once this is committed, see
            # ``_begin_change``.
            return self._read_catalogue()
        with self.env.registry.cursor() as cr:
            latest = self.with_env(self.env(cr=cr))
            # Before anything else: whoever waits for this lock has not begun yet.
            cr.execute(SQL("SELECT pg_try_advisory_xact_lock_shared(%s)", LOCK))
            [nobody_changes_it] = cr.fetchone()
            if nobody_changes_it:
                return latest._read_catalogue()
        raise _Unsettled(self._read_catalogue())

    @api.model
    def _read_catalogue(self):
        # sudo: a configuration, read for every user's request
        records = self.sudo().search([("state", "=", "active")])
        catalogue = {
            record.name: {
                **{name: record[name] for name in CACHED},
                "id": record.id,
                "group": record.group_id.id,
                "portfolio_ids": record.portfolio_ids.ids,
            }
            for record in records
        }
        return catalogue, hash(repr(catalogue))

    # ------------------------------------------------------------
    # WHO
    # ------------------------------------------------------------

    @api.model
    @tools.ormcache("version", "roles")
    def _modes_of(self, version, roles):
        """Return what somebody of these roles may do, by technical name.

        Of several roles the widest right counts. What isn't in it is hidden.

        :param int version: of the catalogue
        :param tuple roles: keys of ROLES
        :rtype: dict[str, str]
        """
        order = [mode for mode, _label in MODES]
        found = {}
        for name, entry in self._catalogue().items():
            modes = [
                entry[f"access_{role}"] or "edit" for role in roles or ("back_office",)
            ]
            mode = min(modes, key=order.index)
            if entry["compute_expression"] and mode in ("edit", "required"):
                mode = "readonly"
            found[name] = mode
        return found

    @api.model
    def _my_modes(self):
        """Return what the current user may do with each field; see ``_modes_of``."""
        return self._modes_of(self._catalogue_version(), self._my_roles())

    @api.model
    def _my_roles(self):
        return self._roles_of(self.env.uid)

    @api.model
    @tools.ormcache("user_id")
    def _roles_of(self, user_id):
        """Return the roles of a user; Odoo clears the cache when groups change.

        :rtype: tuple[str]
        """
        user = self.env["res.users"].browse(user_id)
        return tuple(role for role, group in ROLES if user._has_group(group))

    # ------------------------------------------------------------
    # EXPRESSIONS
    # ------------------------------------------------------------

    @api.model
    def _expressions(self):
        """Return the fields with expressions and what those need.

        :return: ``compute`` and ``rule``: lists of (technical name, columns needed);
            computed fields stand behind those that they need
        :rtype: dict
        """
        return self._expressions_of(self._catalogue_version())

    @api.model
    @tools.ormcache("version")
    def _expressions_of(self, version):
        found = {"compute": [], "rule": []}
        for kind, rows in found.items():
            for name, entry in self._catalogue().items():
                expression = entry[f"{kind}_expression"]
                if expression:
                    used = names_in(expression) - TOOLS
                    needed = {self._column(one) for one in used}
                    rows.append((name, needed | ({name} if kind == "rule" else set())))
        found["compute"] = _in_order(found["compute"])
        return found


def _in_order(rows):
    """Sort computed fields so that each stands behind those that it needs."""
    ordered, waiting = [], list(rows)
    names = {name for name, _needed in rows}
    done = set()
    while waiting:
        ready = [row for row in waiting if not (row[1] & names) - done]
        if not ready:
            return ordered + waiting
        ordered += ready
        done |= {name for name, _needed in ready}
        waiting = [row for row in waiting if row not in ready]
    return ordered
