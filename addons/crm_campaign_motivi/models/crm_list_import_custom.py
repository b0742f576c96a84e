import pytz

from odoo import models
from odoo.tools import SQL

from odoo.addons.crm_dedup.tools.plain_text import normalise

from ..tools.custom_cell import CustomCell


class CrmListImport(models.Model):
    """Custom fields filled by a file."""

    _inherit = "crm.list.import"

    def _custom_targets(self):
        """Return the custom fields that the columns of the file fill.

        :return: entries of the catalogue by technical name
        :rtype: dict[str, dict]
        """
        targets = set(self.column_ids.mapped("target"))
        catalogue = self.env["crm.custom.field"]._catalogue()
        allowed = dict(self.column_ids._selection_target())
        return {
            name: entry
            for name, entry in catalogue.items()
            if name in targets and name in allowed
        }

    def _several_choices(self):
        """Return the filled custom fields whose values are rows of a relation.

        :rtype: list[str]
        """
        return [
            name
            for name, entry in self._custom_targets().items()
            if entry["field_type"] == "choices"
        ]

    def _reader_options(self, targets):
        options = super()._reader_options(targets)
        entries = self._custom_targets()
        choices = self._choices_by_name(
            [
                entry["id"]
                for entry in entries.values()
                if "choice" in entry["field_type"]
            ]
        )
        options["custom"] = {
            name: CustomCell(
                entry["field_type"], choices.get(entry["id"], {}), self._time_zone()
            )
            for name, entry in entries.items()
        }
        return options

    def _time_zone(self):
        """Return the zone in which the moments of a file are written: the importer's.

        :rtype: str
        """
        zone = self.env.context.get("tz") or self.env.user.tz
        if zone in pytz.all_timezones_set:
            return zone
        # sudo: where a company is; it says nothing else
        return (self.company_id or self.env.company).sudo()._local_zone()

    def _choices_by_name(self, field_ids):
        # sudo: the values of fields that the user may fill
        choices = self.env["crm.custom.field.choice"].sudo()
        found = {}
        for choice in choices.search([("custom_field_id", "in", field_ids)]):
            names = found.setdefault(choice.custom_field_id.id, {})
            names[normalise(choice.name)] = choice.id
        return found

    # ------------------------------------------------------------
    # NEW NAMES
    # ------------------------------------------------------------

    def _prepare_lead_columns(self, name_row, provinces):
        values = super()._prepare_lead_columns(name_row, provinces)
        several = self._import_cache("several", self._several_choices)
        for name in self._import_cache("custom", lambda: [*self._custom_targets()]):
            if name not in several:
                default = self._template().get(name)
                values[name] = name_row.custom.get(name, default)
        return values

    def _resolve_contacts(self, name_rows):
        """Find the contacts that links name: by name, e-mail or partita IVA.

        Who is none, or one of several, is left out with a remark.
        """
        for name, entry in self._custom_targets().items():
            if entry["field_type"] != "contact":
                continue
            rows = [row for row in name_rows if name in row.custom]
            found = self._contacts_by_text({row.custom[name] for row in rows})
            for row in rows:
                written = row.custom.pop(name)
                if found.get(written.lower()):
                    row.custom[name] = found[written.lower()]
                else:
                    row.remarks.append(("unknown_contact", entry["label"], written))

    def _contacts_by_text(self, texts):
        wanted = [text.lower() for text in texts]
        partners = self.env["res.partner"]
        if not wanted:
            return {}
        query = partners._search([("active", "=", True)])
        rows = self.env.execute_query(
            SQL(
                """SELECT text, CASE WHEN count(DISTINCT id) = 1 THEN min(id) END
                     FROM (%(open)s) AS mine
                     JOIN LATERAL (SELECT lower(name) FROM res_partner p
                                    WHERE p.id = mine.id
                                    UNION SELECT email_normalized FROM res_partner p
                                    WHERE p.id = mine.id
                                    UNION SELECT lower(vat) FROM res_partner p
                                    WHERE p.id = mine.id) AS said(text) ON true
                    WHERE text = ANY(%(wanted)s) GROUP BY text""",
                open=query.select(),
                wanted=wanted,
            )
        )
        return dict(rows)

    # ------------------------------------------------------------
    # SEVERAL CHOICES
    # ------------------------------------------------------------

    def _relation(self, name):
        field = self.env["crm.lead"]._fields[name]
        return {
            "relation": SQL.identifier(field.relation),
            "lead": SQL.identifier(field.column1),
            "choice": SQL.identifier(field.column2),
        }

    def _linked_choices(self, name, lead_ids):
        """Return the choices of names.

        :return: ids of name and choice
        :rtype: list[tuple[int, int]]
        """
        return self.env.execute_query(
            SQL(
                "SELECT %(lead)s, %(choice)s FROM %(relation)s"
                " WHERE %(lead)s = ANY(%(ids)s)",
                ids=lead_ids,
                **self._relation(name),
            )
        )

    def _set_links(self, name, choices):
        """Give names other choices than they have.

        :param dict choices: ids of choices by id of the name
        """
        if not choices:
            return
        self.env.cr.execute(
            SQL(
                "DELETE FROM %(relation)s WHERE %(lead)s = ANY(%(ids)s)",
                ids=list(choices),
                **self._relation(name),
            )
        )
        pairs = [(lead, choice) for lead, ids in choices.items() for choice in ids]
        self._insert_links(name, pairs)

    def _insert_links(self, name, pairs):
        self.env.cr.execute(
            SQL(
                """INSERT INTO %(relation)s (%(lead)s, %(choice)s)
                   SELECT * FROM unnest(%(leads)s::int[], %(choices)s::int[])
                       ON CONFLICT DO NOTHING""",
                leads=[lead for lead, _choice in pairs],
                choices=[choice for _lead, choice in pairs],
                **self._relation(name),
            )
        )

    def _write_links(self, created):
        """Write the several choices of new names."""
        for name in self._several_choices():
            self._insert_links(
                name,
                [
                    (lead_id, choice)
                    for lead_id, row in created
                    for choice in row.custom.get(name, ())
                ],
            )

    # ------------------------------------------------------------
    # WHAT FOLLOWS
    # ------------------------------------------------------------

    def _after_names(self, created, updated):
        """Check the rules of custom fields and compute those that depend on them.

        :param list created: id and ``NameRow`` of each new name
        :param dict updated: rows of each name that changed, by its id; one that gets
            nothing in the end is taken out
        """
        result = super()._after_names(created, updated)
        lead_ids = [lead_id for lead_id, _row in created] + list(updated)
        custom = self.env["crm.custom.field"].sudo()
        expressions = custom._expressions()
        if not lead_ids or not (expressions["rule"] or expressions["compute"]):
            return result
        self.env.invalidate_all()
        # sudo: rules and computed values are the same whoever imports
        leads = self.env["crm.lead"].sudo().browse(lead_ids)
        filled = set(self._custom_targets())
        for name, needed in expressions["rule"]:
            if needed & filled:
                broken = set(custom._breaking(name, leads))
                self._take_back_broken(name, broken, created, updated)
        for name, _needed in expressions["compute"]:
            # While addons are being installed, fields made by hand aren't set up yet.
            if name in leads._fields:
                leads._compute_custom_column(name)
        return result

    def _take_back_broken(self, name, broken, created, updated):
        """Empty a field whose value its rule refuses, or give it back what it had.

        :param str name: of the field
        :param set broken: ids of the names whose value is refused
        :param list created: id and ``NameRow`` of each new name
        :param dict updated: rows of each name that changed, by its id
        """
        if not broken or name in self._several_choices():
            return
        rows = [pair for pair in created if pair[0] in broken]
        values = {lead_id: {name: None} for lead_id, _row in rows}
        for lead_id, before, empty in self._forget_change(
            name, broken.intersection(updated)
        ):
            # What this import didn't write isn't its own to take back.
            values[lead_id] = {name: before}
            rows += [(lead_id, row) for row in updated[lead_id] if name in row.custom]
            if empty:
                del updated[lead_id]
        self._write_columns(values, [name])
        label = self.env["crm.custom.field"]._catalogue()[name]["label"]
        for _lead_id, row in rows:
            row.remarks.append(("broken_rule", label, str(row.custom.get(name))))
        self.env["crm.lead"].invalidate_model([name])

    def _forget_change(self, name, lead_ids):
        """Forget that this import has last changed a field of known names.

        :param str name: of the field
        :param lead_ids: ids of the names
        :return: id of each name that it has changed, what the name had before, and
            whether nothing else of it was changed
        :rtype: list[tuple[int, object, bool]]
        """
        rows = self.env.execute_query(
            SQL(
                """UPDATE crm_list_import_change change
                      SET before = change.before - %(name)s::text,
                          after = change.after - %(name)s::text
                     FROM (SELECT DISTINCT ON (lead_id) id, before -> %(name)s AS had
                             FROM crm_list_import_change
                            WHERE import_id = %(import)s AND lead_id = ANY(%(ids)s)
                              AND jsonb_exists(after, %(name)s)
                         ORDER BY lead_id, id DESC) AS last
                    WHERE change.id = last.id
                RETURNING change.lead_id, last.had, change.after = '{}'""",
                name=name,
                ids=list(lead_ids),
                **{"import": self.id},
            )
        )
        empty = [lead_id for lead_id, _had, is_empty in rows if is_empty]
        self.env.cr.execute(
            SQL(
                """DELETE FROM crm_list_import_change
                    WHERE import_id = %s AND lead_id = ANY(%s) AND after = '{}'""",
                self.id,
                empty,
            )
        )
        return rows
