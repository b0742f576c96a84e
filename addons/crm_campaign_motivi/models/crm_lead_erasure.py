from odoo import models
from odoo.tools import SQL


class CrmLead(models.Model):
    """Erasure of what lists and their files keep of a name."""

    _inherit = "crm.lead"

    def _erasing_statements(self, partners):
        return super()._erasing_statements(partners) | {
            "imported rows": SQL(
                "UPDATE crm_list_import_row SET cells = NULL, reason = NULL,"
                " left_out = NULL"
                " WHERE lead_id = ANY(%s) RETURNING id",
                self.ids,
            ),
            "staged rows": SQL(
                "DELETE FROM crm_list_import_stage stage USING crm_list_import_row row"
                " WHERE row.lead_id = ANY(%s) AND stage.import_id = row.import_id"
                " AND stage.row_number = row.row_number RETURNING stage.id",
                self.ids,
            ),
            "values before imports": SQL(
                "DELETE FROM crm_list_import_change WHERE lead_id = ANY(%s)"
                " RETURNING id",
                self.ids,
            ),
            "answers": SQL(
                """UPDATE crm_interaction_answer answer SET answer = NULL, number = 0
                     FROM crm_interaction row
                    WHERE row.id = answer.interaction_id
                      AND (row.lead_id = ANY(%s) OR row.partner_id = ANY(%s))
                RETURNING answer.id""",
                self.ids,
                partners.ids,
            ),
        }

    def _erase_traces(self, partners):
        person = self._erased_person(partners)
        rejected = self._blank_rejected_rows(person)
        return super()._erase_traces(partners) | {
            "rejected rows": len(rejected),
            "files of imports": self._drop_import_files(rejected),
        }

    def _blank_rejected_rows(self, person):
        """Blank rows that became no name and name this person.

        :param Person person: who is looked for
        :return: ids of the imports whose file they come from
        :rtype: list[int]
        """
        numbers = [number.removeprefix("+39") for number in person.numbers]
        rows = self.env.execute_query(
            SQL(
                """UPDATE crm_list_import_row staged
                          SET cells = NULL, reason = NULL
                        WHERE staged.state = 'rejected' AND staged.lead_id IS NULL
                          AND jsonb_typeof(staged.cells) = 'array'
                          AND EXISTS (
                              SELECT 1
                                FROM jsonb_array_elements_text(staged.cells)
                                     AS cell(text)
                               WHERE lower(btrim(cell.text)) = ANY(%(known)s)
                                  OR regexp_replace(
                                         regexp_replace(cell.text, '[^0-9+]', '', 'g'),
                                         '^(\\+|00)39', '') = ANY(%(numbers)s))
                    RETURNING staged.import_id, staged.row_number""",
                known=[text.lower() for text in person.named],
                numbers=numbers,
            )
        )
        if rows:
            self.env.cr.execute(
                SQL(
                    """DELETE FROM crm_list_import_stage stage
                        USING unnest(%s::int[], %s::int[]) AS row(import_id, number)
                        WHERE stage.import_id = row.import_id
                          AND stage.row_number = row.number""",
                    [import_id for import_id, _number in rows],
                    [number for _import_id, number in rows],
                )
            )
        return [import_id for import_id, _number in rows]

    def _drop_import_files(self, import_ids):
        """Drop the files, and their samples, of imports that brought these names.

        Every row of them is in the staging table, so only who wants to see the file
        itself misses it. A file whose rows aren't staged yet stays: nothing has come
        of it.

        :param list import_ids: imports whose rejected rows named this person
        :return: how many
        :rtype: int
        """
        rows = self.env.execute_query(
            SQL(
                """SELECT import.id FROM crm_list_import import
                    WHERE import.state IN ('running', 'stopped', 'done', 'undone')
                      AND (import.id = ANY(%(imports)s)
                           OR import.id IN (SELECT import_id FROM crm_list_import_row
                                             WHERE lead_id = ANY(%(leads)s)))""",
                imports=list(import_ids),
                leads=self.ids,
            )
        )
        imports = self.env["crm.list.import"].browse([row_id for (row_id,) in rows])
        # sudo: files of the erased go, whoever uploaded them
        files = self.env["ir.attachment"].sudo()
        files.search(
            [
                ("res_model", "=", "crm.list.import"),
                ("res_id", "in", imports.ids),
                ("res_field", "=", "file"),
            ]
        ).unlink()
        imports.sample_rows = False
        imports.column_ids.samples = False
        return len(imports)
