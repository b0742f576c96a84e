"""What a comparison may find, in words."""

#: Code of a reason: the sentence that people read. Points stand beside it.
REASONS = {
    "same_fiscal_code": "Same codice fiscale",
    "alike_fiscal_code": "Codice fiscale alike but for a typing error",
    "other_fiscal_code": "Different codice fiscale",
    "same_vat_number": "Same partita IVA",
    "alike_vat_number": "Partita IVA alike but for a typing error",
    "other_vat_number": "Different partita IVA",
    "same_birth_date": "Same date of birth",
    "alike_birth_date": "Date of birth alike but for a typing error",
    "other_birth_date": "Different date of birth",
    "same_name": "Same name and surname",
    "alike_name": "Name and surname alike",
    "partial_name": "Only part of the name is the same",
    "extra_name": "One has a name that the other one lacks",
    "other_given_name": "Different given name",
    "other_surname": "Same given name, different surname",
    "other_person": "Different person",
    "same_company": "Same company name",
    "alike_company": "Company name alike",
    "extra_company": "One company name has words that the other one lacks",
    "other_company": "Different company name",
    "other_legal_form": "Different legal form",
    "other_contact": "Same company, different contact",
    "trader_name": "The company carries the name of the person",
    "unlike_kind": "A person and a company",
    "same_mobile": "Same mobile",
    "same_phone": "Same fixed line",
    "shared_phone": "Same telephone, which many names have",
    "alike_phone": "Telephone alike but for a typing error",
    "other_mobile": "Different mobile",
    "other_phone": "Different fixed line",
    "same_email": "Same e-mail",
    "shared_email": "Same e-mail, which many names have",
    "alike_email": "E-mail alike",
    "same_domain": "E-mails of the same domain",
    "other_email": "Different e-mail",
    "same_address": "Same address",
    "same_street": "Same street, civic number unknown",
    "alike_address": "Address alike",
    "other_civic": "Same street, different civic number",
    "other_street": "Same town, different street",
    "same_town": "Same town",
    "same_zip": "Same postcode",
    "other_town": "Different town",
    "same_place": "Same second line of the address",
    "mobile_of_name": "A mobile belongs to one person, who has this name",
    "company_at_home": "The company is reached in one and the same house",
    "woman_of_house": "Two women of one name hardly live in one house",
    "branch": "Another site of the same company, with contacts of its own",
    "other_site": "Another site of the same company",
    "unknown_site": "The same company, but nothing tells which of its sites",
}


def explain(comparison, translate=str):
    """Say in words why two names are or aren't one.

    :param Comparison comparison: what a matcher found
    :param translate: function that translates a sentence of :data:`REASONS`
    :return: ``"Same mobile +8, Different civic number -2"``, the weightiest first
    :rtype: str
    """
    return ", ".join(
        f"{translate(REASONS.get(reason.code, reason.code))} {reason.points:+.0f}"
        for reason in sorted(
            comparison.reasons, key=lambda reason: (-abs(reason.points), reason.code)
        )
    )
