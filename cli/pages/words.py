"""The headings and labels of pages."""

from __future__ import annotations

from domain.text import Said, counted, said


def case_words() -> dict[str, Said]:
    """The words of a case's page."""
    return {
        "kind": said("Service credit case"),
        "account": said("Account"),
        "month": said("Month"),
        "skip": said("Skip to the figures"),
        "waits": said("What waits"),
        "slider": said("As it was known"),
        "no_earlier": said(
            "The earlier steps cannot be unpacked: this browser is too old, or this file was changed. Shown is the "
            "last step."
        ),
        "slider_help": said("Arrow keys move from event to event, Home and End to the first and the last."),
        "step": said("Event"),
        "of": said("of"),
        "back": said("Earlier event"),
        "on": said("Later event"),
        "position": said("position"),
        "recorded_by": said("recorded by"),
        "because": said("because"),
        "colon": said(": "),
        "comma": said(", "),
        "nothing_changed": said("Nothing above changed."),
        "scale": said("The availability on the scale of tiers, each drawn to the same width"),
        "commitment": said("Commitment"),
        "agreement": said("Agreement"),
        "times": said("Time zone"),
        "picture": said("The month"),
        "picture_help": said(
            "Click the picture; then the wheel zooms it and dragging moves it. Two fingers do the same. Keys: + and "
            "- zoom, arrows move, 0 shows the month."
        ),
        "zoom_in": said("Zoom in"),
        "zoom_out": said("Zoom out"),
        "whole_month": said("Whole month"),
        "overview": said("overview"),
        "legend_down": said("function down"),
        "legend_excluded": said("excluded (clause 2.3)"),
        "legend_condition": said("episode, long enough to count"),
        "legend_short": said("episode, too short to count"),
        "legend_counted": said("counts"),
        "legend_uncovered": said("not covered"),
        "episodes": said("Episodes"),
        "no": said("no."),
        "from": said("start"),
        "to": said("end"),
        "length": said("length"),
        "counts": said("counts"),
        "less": said("time that does not count"),
        "incidents_of": said("incidents"),
        "show": said("show"),
        "no_episodes": said("There was no episode in the month."),
        "incidents": said("Incidents and exclusions"),
        "incident": said("incident"),
        "function": said("function or clause"),
        "state": said("state"),
        "reason": said("reason"),
        "events": said("events"),
        "no_incidents": said("There was no incident in the month."),
        "derivation": said("Derivation, clause by clause"),
        "decision": said("Decision"),
        "decided": said("decided"),
        "clause": said("clause"),
        "says": said("conclusion"),
        "rests": said("rests on"),
        "steps": said("step"),
        "not_yet": said("decided after the chosen event"),
        "no_decision": said("There is no decision yet."),
        "otherwise": said("If a clause is read otherwise"),
        "says_reading": said("reading"),
        "outcome": said("outcome"),
        "credit": said("credit"),
        "difference": said("difference"),
        "fees": said("Fees and vouchers"),
        "bill": said("bill"),
        "months": said("months covered"),
        "billed": said("billed"),
        "service_fee": said("service fee"),
        "call_fee": said("call fee"),
        "service_paid": said("service paid with vouchers"),
        "call_paid": said("calls paid with vouchers"),
        "no_bills": said("No bill covers the month."),
        "voucher": said("voucher"),
        "issued": said("issued at"),
        "amount": said("amount"),
        "redeemed": said("redeemed"),
        "cancelled": said("cancelled"),
        "left": said("balance"),
        "no_vouchers": said("No voucher was issued for the month."),
        "life": said("History of the claim"),
        "no_claim": said("No claim was filed for the month."),
        "limits": said("Which awards needed an approval then"),
        "event_table": said("Events"),
        "event_help": said(
            "Each event as the ledger stores it; a number in the first column moves the slider to it. Amounts are in "
            "the agreement's currency."
        ),
        "recorded": said("recorded"),
        "actor": said("by"),
        "signed_by": said("signed by"),
        "stream": said("stream"),
        "topic": said("topic"),
        "data": said("data"),
        "check": said("Evidence, and how to check"),
        "evidence": said("Documents outside the ledger, identified by their SHA-256"),
        "no_evidence": said("No document was given."),
        "document": said("document"),
        "sha256": said("SHA-256"),
        "place": said("where"),
        "about": said("about"),
        "rested": said("Basis of each decision"),
        "facts": said("facts"),
        "terms": said("terms"),
        "calendar": said("working days"),
        "record": said("record"),
        "checkpoint": said("Checkpoint of the ledger that this page was made from"),
        "checkpoint_help": said("Origin, number of events and root of their Merkle tree; keep it."),
        "check_help": said(
            "This page alone proves nothing; the dossier does. The first command writes the dossier; the other two "
            "check it, with this software and without it."
        ),
        "check_case": said("Check this case"),
        "carried": said(
            "The page carries the dossier, byte for byte. It is checked here, in this browser: every proof, every "
            "rule, and each decision again from the events. Nothing is sent anywhere."
        ),
        "save_dossier": said("Save the dossier"),
        "no_checker": said(
            "The checker cannot be unpacked in this browser, or its file is not where this page has it from. Save the "
            "dossier, and give it to the page that `slaledger verifier --html` prints."
        ),
        "file_sha256": said("SHA-256 of that file as of this checkpoint"),
        "undecided_file": said("There is no such file before the claim is decided."),
    }


def show_episode(number: int) -> Said:
    """The title of an episode's button."""
    return said("Show episode {number} in the picture", number=number)


def facts_used(count: int, position: int) -> Said:
    """The facts that a decision used."""
    return counted(
        "{n} event up to position {position}", "{n} events up to position {position}", n=count, position=position
    )


def otherwise_help(number: int) -> Said:
    """What the table of other readings is about."""
    return said(
        "Where the agreement can be read in more than one way, the terms name the reading that is used. Any one of "
        "these others would have changed decision {number}, on the facts that it knew.",
        number=number,
    )


def otherwise_none(number: int) -> Said:
    """That no other reading changes a decision."""
    return said("No other reading of a doubtful clause would have changed decision {number}.", number=number)


def made_from(position: int) -> Said:
    """The state of the log from which a page was made."""
    return said(
        "Made from the ledger up to position {position}; the same ledger always gives the same page.", position=position
    )


def steps_left_out(count: int, time: str, account: str, month: str) -> Said:
    """The note about steps of a derivation that are not written out."""
    return counted(
        "{n} further episode or exclusion is not listed; it counts {time}. `slaledger claim explain {account} {month}` "
        "lists it.",
        "{n} further episodes and exclusions are not listed; together they count {time}. `slaledger claim explain "
        "{account} {month}` lists them.",
        n=count,
        time=time,
        account=account,
        month=month,
    )


def month_words() -> dict[str, Said]:
    """The words of a month's page."""
    return {
        "kind": said("Availability and service credits"),
        "waits": said("What waits"),
        "totals": said("Totals"),
        "plot": said("Availability of each account against the commitment"),
        "plot_help": said(
            "Accounts in order of availability, the lowest first; every tier is drawn to the same height."
        ),
        "tiers": said("Tiers"),
        "tier": said("tier"),
        "accounts": said("accounts"),
        "would": said("credit due if claimed"),
        "awarded": said("awarded"),
        "table": said("Below the commitment, and claims"),
        "none": said("No account is below the commitment, and none claimed."),
        "every": said("Accounts"),
        "search": said("Search ids and names"),
        "show": said("Show"),
        "show_all": said("all accounts"),
        "show_below": said("below the commitment"),
        "show_claimed": said("with a claim"),
        "show_open": said("with an open outage"),
        "show_uncovered": said("not covered"),
        "any": said("any"),
        "unclaimed": said("below the commitment, no claim"),
        "approval": said("waits for an approval"),
        "overpaid": said("overpaid"),
        "sort": said("Order"),
        "by_amount": said("largest amount first"),
        "by_availability": said("lowest availability first"),
        "by_account": said("by account"),
        "reset": said("Show all"),
        "more": said("Show more accounts"),
        "figures_help": said(
            "A figure opens the clauses that it follows from, and a number there its event. The address keeps search "
            "and filters. Keys: / searches, arrows move between accounts, Escape closes."
        ),
        "account": said("account"),
        "availability": said("availability"),
        "unavailable": said("unavailable"),
        "would_one": said("credit due if claimed"),
        "claim": said("claim"),
        "outcome": said("outcome"),
        "issued": said("issued"),
        "commitment": said("Commitment"),
        "agreement": said("Agreement"),
        "times": said("Time zone"),
        "known": said("As known at"),
        "position": said("Position"),
        "swings": said("Where a doubtful clause decides"),
        "swings_help": said(
            "The greatest difference that one other reading makes to the credit of a claim. Look at these claims once "
            "more before they are decided, approved or issued."
        ),
        "swing": said("what hangs on it"),
        "says_reading": said("reading"),
        "roll_forward": said("Vouchers, by what was recorded in the month"),
        "limits": said("Which awards needed an approval at the month's decisions and vouchers"),
    }


def book_words() -> dict[str, Said]:
    """The words of a month's page that its script writes."""
    return {
        "found": said("{n} of {total} accounts", n="{n}", total="{total}"),
        "uncovered": said("none: not covered"),
        "decision": said("Decision"),
        "if_claimed": said("What a claim in time would get on the facts known"),
        "life": said("History of the claim"),
        "no_detail": said("This page has no derivation of the account."),
        "nothing": said("Nothing counts as unavailable, and nobody claimed."),
        "whole": said("The whole case, with its history:"),
        "steps": said("step"),
        "events": said("events"),
        "position": said("position"),
        "recorded": said("recorded"),
        "because": said("because"),
    }
