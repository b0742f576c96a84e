import csv
import io

from odoo import api, models
from odoo.tools import SQL

from ..tools.erased_text import Person
from ..tools.phone import format_international

#: Searches that were made, and what stands in them: table and column.
_SEARCHES_MADE = (
    ("crm_export_log", "search_domain"),
    ("crm_bulk_job", "domain"),
    ("crm_custom_field_mass", "domain"),
)
#: Searches that go on to be used. A word of a name is not taken out of them: they look
#: for others, too.
_SEARCHES_KEPT = (("crm_macro", "domain"), ("ir_filters", "domain"))
#: What was written down and is only read.
_LOGS = (
    ("crm_bulk_job", "note"),
    ("crm_bulk_job", "error"),
    ("crm_macro_run", "error"),
    ("phone_blacklist", "listing_source"),
)
#: Texts that are used: only whole names, numbers and codes go out of them.
_TEXTS = (
    ("crm_custom_field_mass", "value_text"),
    ("crm_custom_field_mass", "old_text"),
)


class CrmLead(models.Model):
    """Erasure of a person where it is named by the way, among others."""

    _inherit = "crm.lead"

    def _erase_traces(self, partners):
        """Take these persons out of searches, notes and logs that name them.

        Before their names and numbers go, since those are what is looked for.

        :param res.partner partners: the customers that are erased
        :return: how many texts of which table were mended
        :rtype: dict[str, int]
        """
        self.env.flush_all()
        person = self._erased_person(partners)
        mended = {}
        for table, column, mend in self._texts_to_mend(person):
            count = self._mend_texts(table, column, person, mend)
            mended[table] = mended.get(table, 0) + count
        mended["files of deleted fields"] = self._erase_from_field_files(person)
        return {table: count for table, count in mended.items() if count}

    @api.model
    def _erase_from_field_files(self, person):
        """Take the rows of a person out of what deleted custom fields left as files.

        :param Person person: who is taken out
        :return: how many files changed
        :rtype: int
        """
        # sudo: files of the erased are mended, whoever may see them
        files = self.env["ir.attachment"].sudo()
        count = 0
        for file in files.search(
            [("res_model", "=", "crm.custom.field"), ("mimetype", "=", "text/csv")]
        ):
            text = (file.raw or b"").decode("utf-8-sig", errors="replace")
            rows = list(csv.reader(io.StringIO(text), delimiter=";"))
            kept = [row for row in rows if not person.is_named_in(row)]
            if len(kept) < len(rows):
                stream = io.StringIO()
                csv.writer(stream, delimiter=";").writerows(kept)
                file.raw = stream.getvalue().encode("utf-8-sig")
                count += 1
        return count

    def _texts_to_mend(self, person):
        """Return where somebody may be named by the way; addons add to it.

        :param Person person: who is taken out
        :return: table, column and the function that mends a text
        :rtype: list[tuple]
        """

        def kept(text):
            return person.out_of_search(text, words=False)

        return [
            *((*place, person.out_of_search) for place in _SEARCHES_MADE),
            *((*place, kept) for place in _SEARCHES_KEPT),
            *((*place, person.out_of_log) for place in _LOGS),
            *((*place, person.out_of_text) for place in _TEXTS),
        ]

    def _erased_person(self, partners):
        """Return how these names, their contacts and customers are called.

        :rtype: Person
        """
        contacts = self.contact_ids | self.household_ids
        names = [
            *(
                text
                for lead in self
                for text in (lead.name, lead.contact_name, lead.partner_name)
            ),
            *contacts.mapped("name"),
            *partners.mapped("name"),
        ]
        numbers = self._all_numbers(partners)
        written = [
            lead[name]
            for lead in self
            for name in (
                "phone",
                "mobile",
                "phone_second",
                "email_from",
                "email_normalized",
                "fiscal_code",
                "vat_number",
            )
        ]
        values = [
            *written,
            *numbers,
            *map(format_international, numbers),
            *(number.removeprefix("+39") for number in numbers),
            *contacts.mapped("email"),
            *partners.mapped("email"),
            *partners.mapped("vat"),
        ]
        return Person(_filled(names), _filled(values), numbers)

    def _mend_texts(self, table, column, person, mend):
        """Mend the texts of a column in which the person stands.

        :param str table: its name
        :param str column: its name
        :param Person person: who is taken out
        :param callable mend: returns the mended text of a text
        :return: how many texts changed
        :rtype: int
        """
        wanted = [
            "%"
            + text.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
            + "%"
            for text in (*person.named, *person.words)
        ]
        if not wanted:
            return 0
        rows = self.env.execute_query(
            SQL(
                "SELECT id, %(column)s FROM %(table)s"
                " WHERE %(column)s ILIKE ANY(%(wanted)s)",
                table=SQL.identifier(table),
                column=SQL.identifier(column),
                wanted=wanted,
            )
        )
        changed = [(row_id, mend(text)) for row_id, text in rows if mend(text) != text]
        if changed:
            self.env.cr.execute(
                SQL(
                    """UPDATE %(table)s SET %(column)s = mended.text
                         FROM unnest(%(ids)s::int[], %(texts)s::text[])
                              AS mended(id, text)
                        WHERE %(table)s.id = mended.id""",
                    table=SQL.identifier(table),
                    column=SQL.identifier(column),
                    ids=[row_id for row_id, _text in changed],
                    texts=[text for _row_id, text in changed],
                )
            )
        return len(changed)


def _filled(texts):
    return [text for text in texts if text]
