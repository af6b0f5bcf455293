"""The words that only the pages of a site have."""

from __future__ import annotations

from domain.text import Said, said


def site_words() -> dict[str, Said]:
    """The words that all pages of a site have."""
    return {
        "parts": said("Parts of the site"),
        "home": said("Overview"),
        "accounts": said("Accounts"),
        "claims": said("Claims"),
        "vouchers": said("Vouchers"),
        "log": said("Log"),
        "search": said("Search"),
        "waits": said("What waits"),
        "summary": said("Totals"),
        "ledger": said("Ledger"),
        "position": said("position"),
    }


def search_words() -> dict[str, Said]:
    """The words of a site's search page."""
    return {
        "title": said("Search"),
        "q": said("Search ids and names"),
        "kind": said("Kind"),
        "status": said("Status of the claim"),
        "any": said("any"),
        "account": said("Account"),
        "claim": said("Claim"),
        "voucher": said("Voucher"),
        "found": said("{n} of {total}", n="{n}", total="{total}"),
        "loading": said("{n} of {total}, still loading", n="{n}", total="{total}"),
        "help": said(
            "Accounts, claims and vouchers. The address keeps the search. `slaledger search` finds every event in "
            "which a text stands."
        ),
        "no_script": said("The search needs a script; the lists do not."),
        "more": said("Show more"),
    }
