from odoo import api, models


class Base(models.AbstractModel):
    """What a model may say about the merge of records that its rows belong to.

    All of it is optional: what has a foreign key or a reference follows by itself, and
    of two rows that can't stand beside each other that of the survivor stays.
    """

    _inherit = "base"

    @api.model
    def _merge_plain_references(self):
        """Return columns with numbers of records that have no foreign key.

        :return: name of the column, and name of the model that it means
        :rtype: list[tuple[str, str]]
        """
        return []

    @api.model
    def _merge_left_alone(self):
        """Return columns whose links stay as they are when a record is merged.

        :rtype: list[str]
        """
        return []

    @api.model
    def _merge_keep_both(self, pairs, log):
        """Let rows that can't stand beside each other do so, where there is a way.

        :param list pairs: key of the merge, number of the survivor's row and of the
            other one
        :param MergeLog log: what is changed is recorded in it
        """

    @api.model
    def _merge_take_over(self, pairs, log):
        """Let the survivor's rows take over from those that go.

        What points to a row that goes points to the survivor's already.

        :param list pairs: as in ``_merge_keep_both``
        :param MergeLog log: what is changed is recorded in it
        """

    @api.model
    def _merge_moved(self, column, moved, log):
        """Do what follows when rows have got another record.

        :param str column: the column of the link
        :param dict moved: the merge by number of the row
        :param MergeLog log: what is changed is recorded in it
        """
