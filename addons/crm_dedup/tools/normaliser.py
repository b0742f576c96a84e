"""Values of names in the one way in which the archive keeps them."""

from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from odoo.addons.crm_callcenter.tools.italian_codes import (
    read_fiscal_code,
    read_vat_number,
)
from odoo.addons.crm_callcenter.tools.phone import (
    format_international,
    is_mobile,
    is_rounded,
    read_phone_cell,
)

from .codes import (
    check_fiscal_code,
    mend_fiscal_code,
    pad_vat_number,
    sex_of_name,
)
from .email_text import clean_email, is_address, split_emails, suggest_email
from .email_text import is_placeholder as is_nobodys_email
from .italy import AREA_CODES, PROVINCE_NAMES, PROVINCES_BY_CAP
from .name_cell import company_name, is_placeholder, person_name
from .name_text import proper_case
from .places import (
    gazetteer,
    may_be_in_use,
    province_names,
    read_place,
    town_has_cap,
)
from .plain_text import normalise as plain
from .street import join_civic, one_street

#: What can be switched on and off, each on its own.
PARTS = ("names", "phones", "email", "codes", "addresses")
#: Fields of a name or a customer by the part that they belong to.
FIELDS = {
    "names": ("name", "contact_name", "partner_name"),
    "phones": ("phone", "mobile", "phone_second"),
    "email": ("email_from", "email"),
    "codes": ("fiscal_code", "vat_number", "vat"),
    "addresses": ("street", "street2", "zip", "city", "province"),
}
_PHONES = FIELDS["phones"]


@dataclass(slots=True)
class Normalised:
    """What became of the values of one name.

    :param dict values: every value that was given, normalised
    :param dict originals: what was written, of the values that changed
    :param list remarks: ``(code, field, what was written)`` of what can't be right;
        the suggestions for it, if any, are in ``suggestions`` by field
    :param dict suggestions: by field, a list of what would put it right, each a
        dictionary of values by field
    """

    values: dict
    originals: dict = field(default_factory=dict)
    remarks: list = field(default_factory=list)
    suggestions: dict = field(default_factory=dict)


class Normaliser:
    """Write values of names in one way.

    Holds no database connection and no lists (each process reads its own, once), so it
    can be sent to another process.

    :param parts: which of ``PARTS`` are put right; all of them unless said
    :param str country: ISO code of the country of values that name none; the rules for
        addresses and codes are Italy's and leave other countries alone
    """

    __slots__ = ("country", "parts")

    def __init__(self, parts=PARTS, country="IT"):
        self.parts = frozenset(parts)
        self.country = country

    def normalise(self, values):
        """Return values of a name in their normalised form.

        Whatever can't be understood stays as it was written.

        :param dict values: texts by field of ``crm.lead`` or ``res.partner``;
            ``province`` is the code or name of a province, ``country`` an ISO code and
            ``is_company`` says what ``name`` is where no other field does
        :rtype: Normalised
        """
        done = Normalised(dict(values))
        country = values.get("country") or self.country
        parts = self.parts
        if country == "IT" and "addresses" in parts:
            self._normalise_address(done)
        if "names" in parts:
            self._normalise_names(done)
        if "phones" in parts:
            self._normalise_phones(done, country)
        if "email" in parts:
            self._normalise_email(done)
        if country == "IT" and "codes" in parts:
            self._normalise_codes(done)
        new = done.values
        done.originals = {
            name: written
            for name, written in values.items()
            if written and new[name] != written
        }
        return done

    # ------------------------------------------------------------
    # NAMES
    # ------------------------------------------------------------

    def _normalise_names(self, done):
        values = done.values
        contact, partner = values.get("contact_name"), values.get("partner_name")
        title = values.get("name")
        if contact:
            values["contact_name"] = person_name(contact)
            self._remark_name(done, "contact_name", contact)
        if partner:
            values["partner_name"] = company_name(partner)
            self._remark_name(done, "partner_name", partner)
        if not title:
            return
        if "is_company" in values:
            write = company_name if values["is_company"] else person_name
            values["name"] = write(title)
            self._remark_name(done, "name", title)
        # The title of an opportunity is free: it follows who it is named after.
        elif title == partner:
            values["name"] = values["partner_name"]
        elif title == contact:
            values["name"] = values["contact_name"]

    def _remark_name(self, done, name, written):
        if is_placeholder(written):
            done.remarks.append(("placeholder_name", name, written))

    # ------------------------------------------------------------
    # NUMBERS AND E-MAIL
    # ------------------------------------------------------------

    def _normalise_phones(self, done, country):
        values = done.values
        written = [name for name in _PHONES if values.get(name)]
        if not written:
            return
        codes = ()
        if country == "IT":
            codes = area_codes_of(values.get("province") or "", values.get("zip") or "")
        for name in written:
            text = values[name]
            found, unread, rounded = _read_cell(text, country, codes)
            if rounded:
                self._remark_number(done, "rounded_phone", name, found)
            elif len(found) == 1 and not unread:
                values[name] = format_international(found[0])
            elif found and not unread and self._spread(values, name, found):
                continue
            elif found:
                self._remark_number(done, "phone_with_text", name, found)
            elif any(char.isalnum() for char in text):
                done.remarks.append(("unreadable_phone", name, text))

    def _remark_number(self, done, remark, name, found):
        done.remarks.append((remark, name, done.values[name]))
        done.suggestions[name] = [
            {name: format_international(number)} for number in found
        ]

    def _spread(self, values, name, found):
        """Give the numbers of one cell to fields that are empty, if there are enough.

        :return: whether there were
        :rtype: bool
        """
        free = [other for other in _PHONES if other in values and not values[other]]
        if len(found) - 1 > len(free):
            return False
        first, *others = found
        for number in others:
            fitting = "mobile" if is_mobile(number) else "phone"
            target = fitting if fitting in free else free[-1]
            free.remove(target)
            values[target] = format_international(number)
        values[name] = format_international(first)
        return True

    def _normalise_email(self, done):
        for name in FIELDS["email"]:
            text = done.values.get(name)
            if not text:
                continue
            email = clean_email(text)
            if not is_address(email):
                self._split_email(done, name)
                continue
            done.values[name] = email
            if is_nobodys_email(email):
                done.remarks.append(("placeholder_email", name, text))
            elif likely := suggest_email(email):
                done.remarks.append(("misspelt_email", name, text))
                done.suggestions[name] = [{name: likely}]

    def _split_email(self, done, name):
        """Keep the first of several addresses in a cell; the others are suggested."""
        text = done.values[name]
        found = split_emails(text)
        if not found:
            done.remarks.append(("unreadable_email", name, text))
            return
        done.values[name], *others = found
        if others:
            done.remarks.append(("several_emails", name, text))
            done.suggestions[name] = [{name: other} for other in others]

    # ------------------------------------------------------------
    # CODES
    # ------------------------------------------------------------

    def _normalise_codes(self, done):
        values = done.values
        self._normalise_fiscal_code(done)
        for name, prefix in (("vat_number", ""), ("vat", "IT")):
            text = values.get(name)
            if not text or not any(map(str.isalnum, text)):
                continue
            if name == "vat" and text[:2].isalpha() and text[:2].upper() != "IT":
                continue
            number = _read_vat(text)
            if number:
                values[name] = prefix + number
            elif (code := mend_fiscal_code(text)) and not values.get(
                "fiscal_code", True
            ):
                # Somebody's codice fiscale in the column of the other code.
                values["fiscal_code"], values[name] = code, ""
            elif not (name == "vat" and code):
                done.remarks.append(("bad_code", name, text))

    def _normalise_fiscal_code(self, done):
        values = done.values
        text = values.get("fiscal_code")
        if not text:
            return
        code = mend_fiscal_code(text) or _read_company_code(text)
        if not code:
            done.remarks.append(("bad_code", "fiscal_code", text))
            return
        values["fiscal_code"] = code
        if values.get("partner_name") or values.get("is_company"):
            return
        name = values.get("contact_name") or (
            values.get("name") if "is_company" in values else ""
        )
        born = values.get("birth_date")
        check = check_fiscal_code(
            code,
            name or "",
            born if isinstance(born, date) else None,
            sex_of_name(name or "", code),
        )
        if check.name is False:
            done.remarks.append(("code_of_another_name", "fiscal_code", text))
        if check.birth_date is False:
            done.remarks.append(("code_of_another_day", "fiscal_code", text))
        # Mario and Maria have the same letters; of another name was said already.
        if check.sex is False and check.name:
            done.remarks.append(("code_of_another_sex", "fiscal_code", text))

    # ------------------------------------------------------------
    # ADDRESSES
    # ------------------------------------------------------------

    def _normalise_address(self, done):
        values = done.values
        street, second = values.get("street"), values.get("street2")
        if street:
            values["street"] = one_street(street)
        if second:
            joined = join_civic(street, second) if street else None
            if joined:
                values["street"], values["street2"] = joined, ""
            else:
                values["street2"] = one_street(second)
        if not (values.get("city") or values.get("zip") or values.get("province")):
            return
        self._normalise_place(done)

    def _normalise_place(self, done):
        values = done.values
        city, written = values.get("city") or "", values.get("province") or ""
        code = province_code(written)
        zip_code = clean_zip(values.get("zip") or "", code, city)
        if written and not code:
            done.remarks.append(("unknown_province", "province", written))
        place = read_place(" ".join(city.split()), zip_code, code)
        found = {
            "city": place.city and _cased_town(place.city),
            "zip": place.zip,
            "province": place.province or written,
        }
        for name, value in found.items():
            if name in values or value:
                values[name] = value or values.get(name)
        for remark, name in place.remarks:
            done.remarks.append((remark, name, str(values.get(name) or "")))
        for name, ways in place.suggestions.items():
            done.suggestions[name] = [dict(way) for way in ways]


# ------------------------------------------------------------
# WHAT MANY ROWS HAVE IN COMMON, REMEMBERED
# ------------------------------------------------------------


@lru_cache(maxsize=20_000)
def _cased_town(text):
    return proper_case(text, "place")


@lru_cache(maxsize=4096)
def province_code(text):
    """Return the code of a province, from its code or from its name.

    :param str text: ``BS``, ``bs`` or ``Brescia``; may be empty
    :return: nothing when there is no such province
    :rtype: str
    """
    code = text.strip().upper()
    if code in AREA_CODES or code in gazetteer().by_province:
        return code
    key = plain(text)
    return PROVINCE_NAMES.get(key) or province_names().get(key, "")


@lru_cache(maxsize=50_000)
def clean_zip(text, province="", city=""):
    """Return a postcode without blanks, with the zeros that a spreadsheet took.

    Other countries have postcodes of four digits: see :func:`lost_zeros`.

    :param str text: as somebody wrote it
    :param str province: code of the province, if it is known
    :param str city: the town, if it is known
    :return: five digits; the text as it was if it is no postcode
    :rtype: str
    """
    digits = "".join(text.split()).removesuffix(".0").upper().removeprefix("IT-")
    digits = digits.removeprefix("I-").replace(".", "")
    if not digits.isdecimal() or not digits.isascii() or len(digits) == 5:
        return digits if digits.isdecimal() and digits.isascii() else text.strip()
    return lost_zeros(digits, province, city) or text.strip()


def lost_zeros(digits, province="", city=""):
    """Return a postcode with the zeros that a spreadsheet took from its start.

    6900 is Lugano's, and 06900 nobody's: either the province or the town says that it
    is an Italian one. Where neither is written, it has to be in use.

    :param str digits: two to four of them; other numbers are no postcodes
    :return: five digits; nothing when it may be another country's
    :rtype: str
    """
    if not 2 <= len(digits) <= 4:
        return ""
    padded = digits.zfill(5)
    if province in PROVINCES_BY_CAP.get(padded[:2], ()):
        return padded
    if city:
        return padded if town_has_cap(city, padded) else ""
    return padded if not province and may_be_in_use(padded) else ""


@lru_cache(maxsize=8192)
def area_codes_of(province, zip_code=""):
    """Return the dialling codes of a place, as far as it is known.

    :rtype: tuple[str, ...]
    """
    code = province_code(province) if province else ""
    # Four digits are another country's.
    start = zip_code[:2] if len(zip_code) == 5 else ""
    provinces = [code] if code else PROVINCES_BY_CAP.get(start, ())
    return tuple(area for found in provinces for area in AREA_CODES.get(found, ()))


@lru_cache(maxsize=5_000)
def _read_cell(text, country, codes):
    found, unread = read_phone_cell(text, country, codes)
    rounded = any(is_rounded(written) for written, _number in found)
    return tuple(number for _written, number in found), bool(unread), rounded


@lru_cache(maxsize=5_000)
def _read_vat(text):
    return read_vat_number(pad_vat_number(text) or text)


@lru_cache(maxsize=20_000)
def _read_company_code(text):
    digits = pad_vat_number(text)
    return read_fiscal_code(digits) if digits else None
