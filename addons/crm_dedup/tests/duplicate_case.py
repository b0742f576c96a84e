from odoo.tools import SQL

from odoo.addons.crm_callcenter.tests.common import CallcenterCommon


class DuplicateCase(CallcenterCommon):
    """Names of people as lists bring them, compared before each commit."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.italy = cls.env.ref("base.it")
        cls.pairs = cls.env["crm.duplicate.pair"]
        # They are called alike.
        cls.leads.active = False
        cls.mario = cls.new_lead("Rossi Mario")

    @classmethod
    def new_lead(cls, contact_name="Rossi Mario", **values):
        lead = cls.env["crm.lead"].create(
            {
                "name": contact_name,
                "contact_name": contact_name,
                "type": "lead",
                "user_id": False,
                "team_id": False,
                "mobile": "347 2213344",
                "phone": "030 2211334",
                "street": "Via Garibaldi 12",
                "zip": "25121",
                "city": "Brescia",
                "state_id": cls.province.id,
                "country_id": cls.env.ref("base.it").id,
                **values,
            }
        )
        cls.commit()
        return lead

    @classmethod
    def new_customer(cls, name="Rossi Mario", **values):
        partner = cls.env["res.partner"].create(
            {
                "name": name,
                "mobile": "347 2213344",
                "street": "Via Garibaldi 12",
                "zip": "25121",
                "city": "Brescia",
                "state_id": cls.province.id,
                "country_id": cls.env.ref("base.it").id,
                **values,
            }
        )
        cls.commit()
        return partner

    @classmethod
    def commit(cls):
        """Do what the database does before a transaction is committed."""
        cls.env.flush_all()
        cls.env.cr.precommit.run()

    @classmethod
    def pairs_of(cls, record):
        return cls.pairs.search(cls.pairs._domain_of(record))

    @classmethod
    def others(cls, record):
        """Return who may be the same as a record."""
        found = cls.env[record._name]
        for pair in cls.pairs_of(record):
            first, second = pair._records()
            if first == record and second._name == record._name:
                found |= second
            elif second == record and first._name == record._name:
                found |= first
        return found

    @classmethod
    def run_archive(cls, mode="full", makes_keys=False):
        """Search the archive at once, without the commits of the scheduled action."""
        run = cls.env["crm.duplicate.run"].create(
            {"mode": mode, "makes_keys": makes_keys}
        )
        run._work_at_once()
        cls.env.invalidate_all()
        return run

    @classmethod
    def copy_by_sql(cls, lead, **values):
        """Insert a name as bulk writers do, past the ORM."""
        columns = [
            "name contact_name type lead_kind phone mobile phone_e164 mobile_e164",
            "street zip city state_id country_id active email_normalized",
        ]
        columns = " ".join(columns).split()
        cls.env.flush_all()
        [[lead_id]] = cls.env.execute_query(
            SQL(
                "INSERT INTO crm_lead (%s) SELECT %s FROM crm_lead WHERE id = %s"
                " RETURNING id",
                SQL(", ").join(map(SQL.identifier, columns)),
                SQL(", ").join(
                    SQL("%s", values[name]) if name in values else SQL.identifier(name)
                    for name in columns
                ),
                lead.id,
            )
        )
        return cls.env["crm.lead"].browse(lead_id)
