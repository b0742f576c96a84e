import io

from odoo import api, models
from odoo.tools import SQL

from ..tools.matching.keys import is_weak

#: Names whose keys are made between two looks at the memory.
BATCH_SIZE = 5000


class CrmDedupKey(models.AbstractModel):
    """The keys by which records that may be one are found, and which are out of date.

    Two narrow tables without a model of their own, since they are written with COPY.
    ``crm_dedup_key`` has a row per key and holder; ``crm_dedup_stale`` says whose keys
    have to be made anew, or who has to be compared again. ``crm_dedup_work`` says which
    full run the tables belong to that it works with: like these it is empty after a
    crash of the database server. A holder is the id of a
    name, or that of a customer with a minus sign.

    Keys only find: what they find is compared by its values. So a key too many does no
    harm, and none of them has to be locked.
    """

    _name = "crm.dedup.key"
    _description = "Keys of Duplicates"

    def init(self):
        # What a run works with may be of an earlier version: it goes on with it.
        # No foreign keys: names are deleted without a look at these tables, and a
        # merge doesn't take a key for something that belongs to the name.
        self.env.cr.execute(
            """CREATE TABLE IF NOT EXISTS crm_dedup_key (
                   key bigint NOT NULL, holder integer NOT NULL);
               CREATE INDEX IF NOT EXISTS crm_dedup_key_key_index
                   ON crm_dedup_key (key, holder);
               CREATE INDEX IF NOT EXISTS crm_dedup_key_holder_index
                   ON crm_dedup_key (holder);
               CREATE TABLE IF NOT EXISTS crm_dedup_stale (
                   id bigserial PRIMARY KEY, holder integer NOT NULL,
                   has_keys boolean NOT NULL);
               CREATE UNLOGGED TABLE IF NOT EXISTS crm_dedup_work (
                   run_id integer NOT NULL);
               ALTER TABLE IF EXISTS crm_dedup_form
                   ADD COLUMN IF NOT EXISTS end_id integer NOT NULL DEFAULT 0"""
        )

    # ------------------------------------------------------------
    # OUT OF DATE
    # ------------------------------------------------------------

    @api.model
    def _mark_stale(self, lead_ids=(), partner_ids=()):
        """Say that key fields of names or customers changed by SQL.

        Their keys are made, and they are compared, by the next run of the scheduled
        action. Costs one statement.

        :param lead_ids: ids of names
        :param partner_ids: ids of customers
        """
        holders = [*lead_ids, *(-partner_id for partner_id in partner_ids)]
        if holders:
            self.env.cr.execute(
                SQL(
                    """INSERT INTO crm_dedup_stale (holder, has_keys)
                       SELECT unnest(%s::int[]), false""",
                    holders,
                )
            )

    @api.model
    def _mark_records_stale(self, model_name, ids):
        """Say the same of records of one model; others than these two have no keys.

        :param str model_name: ``crm.lead`` or ``res.partner``
        :param ids: of the records
        """
        if model_name == "crm.lead":
            self._mark_stale(ids)
        elif model_name == "res.partner":
            self._mark_stale(partner_ids=ids)

    @api.model
    def _mark_all_stale(self):
        """Say that the keys of all names and customers are out of date.

        :return: how many they are
        :rtype: int
        """
        self.env.flush_all()
        self.env.cr.execute("DELETE FROM crm_dedup_stale")
        self.env.cr.execute(
            """INSERT INTO crm_dedup_stale (holder, has_keys)
               SELECT id, false FROM crm_lead
                UNION ALL
               SELECT -id, false FROM res_partner"""
        )
        return self.env.cr.rowcount

    # ------------------------------------------------------------
    # MAKE
    # ------------------------------------------------------------

    @api.model
    def _refresh_keys(self, lead_ids=(), partner_ids=(), compared=False):
        """Make the keys of names and customers anew, set-based.

        The caller has flushed. Who has been compared with the archive already isn't
        compared by the next run once more, unless ``compared`` is left out.

        :param lead_ids: ids of names
        :param partner_ids: ids of customers
        :param bool compared: the caller compares them, or doesn't want it
        """
        holders = [*lead_ids, *(-partner_id for partner_id in partner_ids)]
        for position in range(0, len(holders), BATCH_SIZE):
            batch = holders[position : position + BATCH_SIZE]
            records = self.env["crm.dedup"]._records_of(batch)
            self._write_keys(batch, records)
        if not compared and holders:
            self.env.cr.execute(
                SQL(
                    """INSERT INTO crm_dedup_stale (holder, has_keys)
                       SELECT unnest(%s::int[]), true""",
                    holders,
                )
            )

    @api.model
    def _write_keys(self, holders, records, again=False):
        """Replace the keys of holders by those of their records.

        :param list holders: whose keys go
        :param list records: as ``crm.dedup`` reads them; a deleted one is missing, and
            has no keys; one that was merged only has those that what it has become
            hasn't
        :param bool again: they are compared by the next run once more: two
            transactions at the same time don't see each other's names
        """
        service = self.env["crm.dedup"]
        ends = service._keys_of_ends(records)
        rows = [
            (key, known.record.id)
            for known, keys in zip(records, service._keys_of_all(records), strict=True)
            for key in keys.difference(ends.get(known.end_id, ()))
        ]
        drop = SQL("DELETE FROM crm_dedup_key WHERE holder = ANY(%s)", holders)
        if len(rows) <= 1000 or again:
            # One statement for what a form writes.
            self.env.cr.execute(
                SQL(
                    """WITH gone AS (%s), waiting AS (
                          INSERT INTO crm_dedup_stale (holder, has_keys)
                          SELECT unnest(%s::int[]), true)
                       INSERT INTO crm_dedup_key (key, holder)
                       SELECT * FROM unnest(%s::bigint[], %s::int[])""",
                    drop,
                    holders if again else [],
                    [key for key, _holder in rows],
                    [holder for _key, holder in rows],
                )
            )
            return
        self.env.cr.execute(drop)
        text = "".join(f"{key}\t{holder}\n" for key, holder in rows)
        self.env.cr.copy_from(
            io.StringIO(text), "crm_dedup_key", columns=("key", "holder")
        )

    # ------------------------------------------------------------
    # FIND
    # ------------------------------------------------------------

    @api.model
    def _holders_of(self, keys_of_records):
        """Return who shares a key with records, by position of these.

        Keys that too many have are left out: they tell nobody apart.

        :param list keys_of_records: keys of each record
        :return: holders by position, and the keys that too many have
        :rtype: tuple[dict[int, set[int]], set[int]]
        """
        positions = {}
        for position, keys in enumerate(keys_of_records):
            for key in keys:
                positions.setdefault(key, []).append(position)
        if not positions:
            return {}, set()
        settings = self.env["crm.dedup"]._matcher().settings
        strong, weak = settings.block_limit, settings.weak_limit
        rows = self._walk(sorted(positions), max(strong, weak) + 1)
        by_key = {}
        for key, holder in rows:
            by_key.setdefault(key, []).append(holder)
        crowded = {
            key
            for key, found in by_key.items()
            if len(found) > (weak if is_weak(key) else strong)
        }
        holders = {}
        for key, found in by_key.items():
            if key not in crowded:
                for position in positions[key]:
                    holders.setdefault(position, set()).update(found)
        return holders, crowded

    @api.model
    def _walk(self, keys, limit):
        """Return keys and their holders, so many of each key at most.

        :rtype: list[tuple[int, int]]
        """
        # One short walk in the index for each key, however many rows it has.
        return self.env.execute_query(
            SQL(
                """SELECT wanted.key, found.holder
                     FROM unnest(%s::bigint[]) AS wanted(key)
               CROSS JOIN LATERAL (
                          SELECT holder FROM crm_dedup_key
                           WHERE crm_dedup_key.key = wanted.key LIMIT %s) AS found""",
                keys,
                limit,
            )
        )

    @api.model
    def _drop_orphans(self):
        """Drop the keys of names and customers that were deleted.

        :return: how many
        :rtype: int
        """
        gone = 0
        # Joined, and each model by itself: a condition with OR looks row by row.
        for condition, record_id, table in (
            (SQL("holder > 0"), SQL("known.holder"), SQL("crm_lead")),
            (SQL("holder < 0"), SQL("-known.holder"), SQL("res_partner")),
        ):
            rows = self.env.execute_query(
                SQL(
                    """SELECT known.holder
                         FROM (SELECT DISTINCT holder FROM crm_dedup_key
                                WHERE %s) AS known
                    LEFT JOIN %s record ON record.id = %s
                        WHERE record.id IS NULL""",
                    condition,
                    table,
                    record_id,
                )
            )
            if rows:
                self.env.cr.execute(
                    SQL(
                        "DELETE FROM crm_dedup_key WHERE holder = ANY(%s)",
                        [orphan for (orphan,) in rows],
                    )
                )
                gone += self.env.cr.rowcount
        return gone
