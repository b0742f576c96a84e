from odoo import api, models, tools

from odoo.addons.crm_callcenter.tools.phone import to_e164

from ..tools.normaliser import FIELDS, PARTS, Normaliser, area_codes_of

#: Where values come from, and the setting of the company that has them normalised.
USES = {
    "form": "normalise_forms",
    "web": "normalise_web",
    "import": "normalise_imports",
    "archive": None,
}


class CrmNormaliser(models.AbstractModel):
    """The one way in which names, numbers, codes and addresses are written.

    Import, forms, web forms and whoever dials ask here; the rules themselves are plain
    Python (``tools/normaliser.py``).
    """

    _name = "crm.normaliser"
    _description = "Normalisation"

    @api.model
    def _normaliser(self, use="import"):
        """Return the object that normalises, as the settings of the company say.

        :param str use: one of ``USES``; ``archive`` asks no switch
        :return: it can be sent to another process; without parts it changes nothing
        :rtype: Normaliser
        """
        return Normaliser(*self._settings(self.env.company.id, use))

    @api.model
    @tools.ormcache("company_id", "use")
    def _settings(self, company_id, use):
        # sudo: which parts are on is no secret
        company = self.env["res.company"].sudo().browse(company_id)
        switch = USES[use]
        parts = tuple(part for part in PARTS if company[f"normalise_{part}"])
        if switch and not company[switch]:
            parts = ()
        # Lists and archive are Italian; a form follows the company.
        inside = use in ("import", "archive")
        return parts, "IT" if inside else company.country_id.code or ""

    @api.model
    def _normalise_values(self, vals, use="form"):
        """Normalise values of a name or a customer as ``create`` takes them.

        :param dict vals: by field; ``state_id`` and ``country_id`` are ids
        :param str use: one of ``USES``
        :return: what became of them; ``values`` has the fields of ``vals`` and what was
            found besides, ``state_id`` for the province
        :rtype: Normalised
        """
        written = dict(vals)
        state_id, country_id = (
            written.pop(name, False) for name in ("state_id", "country_id")
        )
        if state_id:
            written["province"] = self._provinces_by_id().get(state_id, "")
        if country_id:
            written["country"] = self._country_code(country_id)
        # A new name has room for the second number of a cell.
        room = [name for name in FIELDS["phones"] if use == "web" and name not in vals]
        found = self._normaliser(use).normalise(dict.fromkeys(room, "") | written)
        values = found.values
        for name in room:
            if not values[name]:
                del values[name]
        values.pop("country", None)
        code = values.pop("province", "")
        found.originals.pop("province", None)
        for name, value in (("state_id", state_id), ("country_id", country_id)):
            if name in vals:
                values[name] = value
        if code and self._ids_of_provinces().get(code, state_id) != state_id:
            values["state_id"] = self._ids_of_provinces()[code]
            if state_id:
                found.originals["state_id"] = state_id
        return found

    @api.model
    def _numbers(self, texts, country="", province=""):
        """Read numbers for whoever dials them, however they were written.

        :param list[str] texts: as somebody wrote them; a text may hold several numbers
        :param str country: ISO code assumed when no prefix is written
        :param str province: code of the province that they belong to, if it is known
        :return: the first number of each text in E.164, or ``None``, by text
        :rtype: dict[str, str | None]
        """
        country = country or self.env.company.country_id.code or "IT"
        codes = area_codes_of(province) if country == "IT" else ()
        reader = Normaliser(("phones",), country)
        found = {}
        for text in texts:
            number = to_e164(text, country, codes)
            if not number and text:
                values = {"phone": text, "province": province}
                done = reader.normalise(values | {"mobile": "", "phone_second": ""})
                number = to_e164(done.values["phone"], country, codes)
            found[text] = number
        return found

    # ------------------------------------------------------------
    # PROVINCES
    # ------------------------------------------------------------

    @api.model
    @tools.ormcache()
    def _provinces_by_id(self):
        """Return the codes of the Italian provinces by their id.

        :rtype: dict[int, str]
        """
        # sudo: provinces are no secret
        return {
            state.id: state.code for state in self.env.ref("base.it").sudo().state_ids
        }

    @api.model
    @tools.ormcache()
    def _ids_of_provinces(self):
        """Return the ids of the Italian provinces by their code.

        :rtype: dict[str, int]
        """
        return {code: state_id for state_id, code in self._provinces_by_id().items()}

    @api.model
    @tools.ormcache("country_id")
    def _country_code(self, country_id):
        # sudo: countries are no secret
        return self.env["res.country"].sudo().browse(country_id).code or ""
