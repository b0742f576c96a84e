import argparse
import contextlib
import logging
import os
import sys
import time
from datetime import date

from odoo import SUPERUSER_ID, api, fields
from odoo.cli.command import Command
from odoo.exceptions import UserError
from odoo.modules.registry import Registry
from odoo.tools import config

_DONE, _PROBLEM, _STOPPED = 0, 1, 2
# Odoo loads this file without the addon: it can import nothing of it.
#: How a text file may be written, as the reader of the addon has it.
_ENCODINGS = ("utf-8", "utf-8-sig", "cp1252", "utf-16", "cp850", "mac_roman")
#: Separators of a text file, by what is typed.
_SEPARATORS = {";": ";", ",": ",", "tab": "\t", "|": "|"}
#: Parts of a key, by what is typed.
_KEY_PARTS = ("name", "phone", "email", "fiscal_code", "vat", "city")


def _key(text):
    """Return the fields of a key.

    :param str text: ``name,phone``
    :raise argparse.ArgumentTypeError: it names something else
    """
    parts = [part.strip().replace("-", "_") for part in text.lower().split(",")]
    unknown = [part for part in parts if part not in _KEY_PARTS]
    if unknown:
        raise argparse.ArgumentTypeError(
            f"{unknown[0]} is none of {', '.join(_KEY_PARTS)}"
        )
    return [f"by_{part}" for part in parts]


class import_names(Command):  # noqa: N801 - the name of the command
    """Import a file of names that lies on the server, however large it is."""

    name = "import_names"
    epilog = """
Examples:

  odoo import_names -c odoo.conf -d callcentre names.csv --list "Lombardy" \\
      --campaign "Photovoltaics 2026" --mapping "Seller Rossi"
  odoo import_names -c odoo.conf -d callcentre names.mdb --archive --sheet Clienti
  odoo import_names -c odoo.conf -d callcentre --resume 42

What is imported stays when the command is stopped; --resume goes on, and so does the
server itself within some minutes. Ends with 0 when all rows are done, with 1 when the
file or an option is refused, with 2 when it was stopped.
"""

    def run(self, args):
        """Import a file, and say how it goes.

        :param list args: of the command line
        """
        self._add_arguments(self.parser)
        options = self.parser.parse_args(args)
        arguments = ["--no-http"]
        if options.config:
            arguments += ["-c", options.config]
        if options.database:
            arguments += ["-d", options.database]
        config.parse_config(arguments, setup_logging=True)
        logging.getLogger("odoo").setLevel(logging.WARNING)
        names = config["db_name"]
        database = names[0] if isinstance(names, list) and names else names
        if not database:
            sys.exit("Say which database: -d NAME.")
        registry = Registry(database)
        with contextlib.closing(registry.cursor()) as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            try:
                code = self._import(env, options)
            except UserError as error:
                cr.rollback()
                print(str(error), file=sys.stderr)
                code = _PROBLEM
            except KeyboardInterrupt:
                cr.rollback()
                print("\nStopped. What was imported stays; --resume goes on.")
                code = _STOPPED
        sys.exit(code)

    @staticmethod
    def _add_arguments(parser):
        option = parser.add_argument
        option("file", nargs="?", help="the file; also zipped")
        option("-c", "--config", help="configuration file of Odoo")
        option("-d", "--database", help="name of the database")
        option("--user", default="admin", help="login that the names are imported by")
        option("--company", help="of the user's companies; else his own")
        option("--campaign", help="title of the campaign")
        option("--list", help="name of the list; made when there is none")
        option("--archive", action="store_true", help="into no list")
        option("--portfolio", help="full name of the portfolio of new names")
        option("--zone", help="code or full name of the zone of new names")
        option("--seller", help="name of the list seller")
        option("--consent-date", type=date.fromisoformat, help="such as 2026-05-31")
        option("--consent-source", help="where the consents come from")
        option("--mapping", help="name of saved columns")
        option("--sheet", help="sheet, table, or file in the archive")
        option("--encoding", choices=_ENCODINGS, help="of a text file")
        option("--separator", choices=[*_SEPARATORS], help="of a text file")
        option("--header-row", type=int, help="number of the row; 0: there is none")
        option("--update", action=argparse.BooleanOptionalAction, default=None)
        option(
            "--fill-custom", action="store_true", help="custom fields of known names"
        )
        option("--only-update", action="store_true", help="create no name")
        option("--all-new", action="store_true", help="every row is a new name")
        option(
            "--key",
            action="append",
            type=_key,
            help="by what a known name is recognised, such as name,phone; more than"
            f" once: in this order. Parts: {', '.join(_KEY_PARTS)}",
        )
        option("--resume", type=int, metavar="NUMBER", help="go on with this import")
        option("--check", action="store_true", help="show what it would do, and end")

    # ------------------------------------------------------------
    # WHAT IS IMPORTED
    # ------------------------------------------------------------

    def _import(self, env, options):
        user = env["res.users"].search([("login", "=", options.user)], limit=1)
        if not user:
            raise UserError(env._("There is no user %(login)s.", login=options.user))
        if options.resume:
            record = env["crm.list.import"].browse(options.resume).exists()
            if not record:
                raise UserError(
                    env._("There is no import %(number)s.", number=options.resume)
                )
        else:
            record = self._prepare(env, user, options)
        if options.check:
            self._show_columns(record)
            print(*record._preview_lines(), sep="\n")
            env.cr.rollback()
            return _DONE
        job = self._job_of(env, record, user)
        env.cr.commit()
        return self._work(job)

    def _prepare(self, env, user, options):
        if not options.file:
            raise UserError(env._("Say which file is imported."))
        env = self._env_of(env, user, options)
        values = {
            "filename": os.path.basename(options.file),
            "destination": "archive" if options.archive else "list",
            "only_update": options.only_update,
            "without_keys": options.all_new,
        }
        if options.campaign:
            values["campaign_id"] = self._named(
                env, "utm.campaign", "title", options.campaign
            ).id
        if options.portfolio:
            values["portfolio_id"] = self._named(
                env, "crm.portfolio", "complete_name", options.portfolio
            ).id
        if options.mapping:
            values["mapping_id"] = self._named(
                env, "crm.list.import.mapping", "name", options.mapping
            ).id
        values.update(self._values_of_names(env, options))
        if options.list and not options.archive:
            found = env["crm.call.list"].search(
                [
                    ("name", "=", options.list),
                    ("campaign_id", "=", values.get("campaign_id")),
                    ("owner_id", "=", False),
                ],
                limit=1,
            )
            values.update(list_id=found.id, new_list_name=options.list)
        record = env["crm.list.import"].create(values)
        # sudo: who may use the server gives the path; the rest is the user's right
        record.sudo().server_path = os.path.abspath(options.file)
        self._read(record, options)
        return record

    def _values_of_names(self, env, options):
        """Return what all names of the file have in common besides.

        :raise UserError: a zone or a seller is none, or one of several
        """
        values = {
            "consent_date": options.consent_date,
            "consent_source": options.consent_source,
        }
        if options.zone:
            values["zone_id"] = env["crm.list.import"]._zone_named(options.zone)
        if options.seller:
            values["seller_id"] = self._named(
                env, "crm.list.seller", "name", options.seller
            ).id
        return {name: value for name, value in values.items() if value}

    def _env_of(self, env, user, options):
        """Return the environment of a user, in one of his companies.

        :raise UserError: the company is none of his
        """
        company = user.company_id
        if options.company:
            named = env["res.company"].search([("name", "=", options.company)])
            company = named & user.company_ids
            if len(company) != 1:
                raise UserError(
                    env._(
                        "%(count)s records are called %(name)s (%(kind)s), not one.",
                        count=len(company),
                        name=options.company,
                        kind=env._("companies of %(login)s", login=user.login),
                    )
                )
        companies = company | user.company_ids
        return env(
            user=user.id,
            su=False,
            context={
                "lang": user.lang,
                "tz": user.tz,
                "allowed_company_ids": companies.ids,
            },
        )

    @staticmethod
    def _read(record, options):
        # Before the first reading, which may fail without them.
        record.write(
            {
                "sheet_name": options.sheet,
                "encoding": options.encoding,
                "separator": _SEPARATORS.get(options.separator),
            }
        )
        record.action_read_file()
        if options.header_row is not None and options.header_row != record.header_row:
            record.header_row = options.header_row
            record.action_read_file()
            if record.mapping_id:
                record.action_apply_mapping()
        if options.key:
            record.key_ids = [
                fields.Command.clear(),
                *(
                    fields.Command.create(
                        {"sequence": at, **dict.fromkeys(parts, True)}
                    )
                    for at, parts in enumerate(options.key)
                ),
            ]
        if options.update is not None:
            record.update_existing = options.update
        if options.fill_custom:
            record.fill_custom = True
        if options.only_update:
            record.write({"only_update": True, "update_existing": True})

    @staticmethod
    def _named(env, model, field, name):
        found = env[model].search([(field, "=", name)], limit=2)
        if len(found) != 1:
            raise UserError(
                env._(
                    "%(count)s records are called %(name)s (%(kind)s), not one.",
                    count=len(found),
                    name=name,
                    kind=env[model]._description,
                )
            )
        return found

    @staticmethod
    def _show_columns(record):
        targets = dict(record.column_ids._selection_target())
        for column in record.column_ids.sorted("position"):
            print(f"{column.name:30} -> {targets[column.target]:35} {column.samples}")

    # ------------------------------------------------------------
    # THE WORK
    # ------------------------------------------------------------

    @staticmethod
    def _job_of(env, record, user):
        """Return the work of an import, begun or to be gone on with."""
        job = record._last_job()
        if record.state == "mapped":
            record.with_user(user).with_context(
                lang=user.lang,
                allowed_company_ids=(record.company_id | user.company_ids).ids,
            )._start()
            jobs = env["crm.list.import.job"].with_user(user)
            job = jobs._begin(record, "import").with_user(SUPERUSER_ID)
        elif job.state in ("cancelled", "failed"):
            job.action_continue()
        elif record.state not in ("running",):
            raise UserError(env._("%(name)s has ended already.", name=record.name))
        return job

    def _work(self, job):
        record, started = job.import_id, time.monotonic()
        print(f"Import {record.id}: {record.name}")
        # Whoever waits for an answer of the server comes first.
        os.nice(5)
        job.env.cr.commit()
        with job._job_lock() as is_mine:
            if not is_mine:
                print("The server imports already; it will do this import afterwards.")
                return _STOPPED
            saying = job.with_context(
                import_say=lambda found: self._say(found, started)
            )
            while not saying._work():
                """Somebody else changed the same names: it is tried again."""
        job.invalidate_recordset()
        self._say(record, started, last=True)
        return self._report(job)

    @staticmethod
    def _say(record, started, last=False):
        seconds = max(time.monotonic() - started, 0.001)
        if record.phase == "read":
            text = f"{record.staged_row:,} rows read"
        else:
            done = record.row_count - record.pending_count
            text = (
                f"{done:,} of {record.row_count:,} rows, {done / seconds:,.0f} a second"
            )
        end = "\n" if last or not sys.stdout.isatty() else "  \r"
        print(text, end=end, flush=True)

    @staticmethod
    def _report(job):
        record = job.import_id
        if job.state == "failed":
            print(job.error, file=sys.stderr)
            return _PROBLEM
        for label, name in (
            ("new names", "accepted"),
            ("updated", "updated"),
            ("known", "existing"),
            ("merged", "merged"),
            ("rejected", "rejected"),
        ):
            print(f"{record[f'{name}_count']:>12,} {label}")
        return _DONE if job.state == "done" else _STOPPED
