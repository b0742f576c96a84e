"""When commissions of documents are computed again."""

#: Fields of a line that commissions depend on.
WATCHED = {
    "discount",
    "line_state_id",
    "price_unit",
    "product_id",
    "product_uom_qty",
    "tax_ids",
}
#: Says that whoever writes very many lines computes their commissions at the end. As
#: a client can send any context, it is the identity of the value that counts.
LATER_KEY = "crm_segnalazioni_commissions_later"
LATER = object()
