"""What the reasons of a comparison are called, for translation."""


def reason_labels(env):
    """Return what each reason of the score is called in the user's language.

    :param env: Odoo environment
    :return: by code
    :rtype: dict[str, str]
    """
    _ = env._
    return {
        "same_fiscal_code": _("same codice fiscale"),
        "alike_fiscal_code": _("codice fiscale alike but for a typing error"),
        "other_fiscal_code": _("different codice fiscale"),
        "same_vat_number": _("same partita IVA"),
        "alike_vat_number": _("partita IVA alike but for a typing error"),
        "other_vat_number": _("different partita IVA"),
        "same_birth_date": _("same date of birth"),
        "alike_birth_date": _("date of birth alike but for a typing error"),
        "other_birth_date": _("different date of birth"),
        "same_name": _("same name and surname"),
        "alike_name": _("name and surname alike"),
        "partial_name": _("only part of the name is the same"),
        "extra_name": _("one has a name that the other one lacks"),
        "other_given_name": _("different given name"),
        "other_surname": _("same given name, different surname"),
        "other_person": _("different person"),
        "same_company": _("same company name"),
        "alike_company": _("company name alike"),
        "extra_company": _("one company name has words that the other one lacks"),
        "other_company": _("different company name"),
        "other_legal_form": _("different legal form"),
        "other_contact": _("same company, different contact"),
        "trader_name": _("the company carries the name of the person"),
        "unlike_kind": _("a person and a company"),
        "same_mobile": _("same mobile"),
        "same_phone": _("same fixed line"),
        "shared_phone": _("same telephone, which many names have"),
        "alike_phone": _("telephone alike but for a typing error"),
        "other_mobile": _("different mobile"),
        "other_phone": _("different fixed line"),
        "same_email": _("same e-mail"),
        "shared_email": _("same e-mail, which many names have"),
        "alike_email": _("e-mail alike"),
        "same_domain": _("e-mails of the same domain"),
        "other_email": _("different e-mail"),
        "same_address": _("same address"),
        "same_street": _("same street, civic number unknown"),
        "alike_address": _("address alike"),
        "other_civic": _("same street, different civic number"),
        "other_street": _("same town, different street"),
        "same_town": _("same town"),
        "same_zip": _("same postcode"),
        "other_town": _("different town"),
        "same_place": _("same second line of the address"),
        "other_site": _("another site of the same company"),
        "branch": _("another site of the same company"),
    }
