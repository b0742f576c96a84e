"""What the reasons of a comparison are called, for translation."""


def reason_labels(env):
    """Return what each reason of the score is called in the user's language.

    :param env: Odoo environment
    :return: by code
    :rtype: dict[str, str]
    """
    return {
        "same_fiscal_code": env._("same codice fiscale"),
        "alike_fiscal_code": env._("codice fiscale alike but for a typing error"),
        "other_fiscal_code": env._("different codice fiscale"),
        "same_vat_number": env._("same partita IVA"),
        "alike_vat_number": env._("partita IVA alike but for a typing error"),
        "other_vat_number": env._("different partita IVA"),
        "same_birth_date": env._("same date of birth"),
        "alike_birth_date": env._("date of birth alike but for a typing error"),
        "other_birth_date": env._("different date of birth"),
        "same_name": env._("same name and surname"),
        "alike_name": env._("name and surname alike"),
        "partial_name": env._("only part of the name is the same"),
        "extra_name": env._("one has a name that the other one lacks"),
        "other_given_name": env._("different given name"),
        "other_surname": env._("same given name, different surname"),
        "other_person": env._("different person"),
        "same_company": env._("same company name"),
        "alike_company": env._("company name alike"),
        "extra_company": env._("one company name has words that the other one lacks"),
        "other_company": env._("different company name"),
        "other_legal_form": env._("different legal form"),
        "other_contact": env._("same company, different contact"),
        "trader_name": env._("the company carries the name of the person"),
        "unlike_kind": env._("a person and a company"),
        "same_mobile": env._("same mobile"),
        "same_phone": env._("same fixed line"),
        "shared_phone": env._("same telephone, which many names have"),
        "alike_phone": env._("telephone alike but for a typing error"),
        "other_mobile": env._("different mobile"),
        "other_phone": env._("different fixed line"),
        "same_email": env._("same e-mail"),
        "shared_email": env._("same e-mail, which many names have"),
        "alike_email": env._("e-mail alike"),
        "same_domain": env._("e-mails of the same domain"),
        "other_email": env._("different e-mail"),
        "same_address": env._("same address"),
        "same_street": env._("same street, civic number unknown"),
        "alike_address": env._("address alike"),
        "other_civic": env._("same street, different civic number"),
        "other_street": env._("same town, different street"),
        "same_town": env._("same town"),
        "same_zip": env._("same postcode"),
        "other_town": env._("different town"),
        "same_place": env._("same second line of the address"),
        "mobile_of_name": env._("a mobile belongs to one person, who has this name"),
        "company_at_home": env._("the company is reached in one and the same house"),
        "woman_of_house": env._("two women of one name hardly live in one house"),
        "unknown_site": env._("same company, but nothing tells which of its sites"),
        "other_site": env._("another site of the same company"),
        "branch": env._("another site of the same company"),
    }
