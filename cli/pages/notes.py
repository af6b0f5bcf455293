"""Notes about data left out of a page, each with the command that shows it."""

from __future__ import annotations

from domain.text import Said, counted


def left_out_notes(
    account: str, month: str, *, skipped: int, others: int, undrawn: int, unlisted: int, decisions: int
) -> dict[str, Said | None]:
    """A sentence for each kind of data that is partly left out; None where nothing is."""
    notes = {
        "skipped": counted(
            "{n} earlier event of the month is not a step here: the first step includes it.",
            "{n} earlier events of the month are not steps here: the first step includes them.",
            n=skipped,
        ),
        "others": counted(
            "{n} further event of the account concerns other months only; `slaledger history {account}` lists it.",
            "{n} further events of the account concern other months only; `slaledger history {account}` lists them.",
            n=others,
            account=account,
        ),
        "undrawn": counted(
            "At some step the shortest episode or incident is not drawn; all are counted.",
            "At some step the {n} shortest episodes and incidents are not drawn; all are counted.",
            n=undrawn,
        ),
        "unlisted": counted(
            "At some step the shortest episode or incident is not listed; all are counted. `slaledger availability "
            "{account} {month}` and `slaledger history {account}` list all.",
            "At some step the {n} shortest episodes and incidents are not listed; all are counted. `slaledger "
            "availability {account} {month}` and `slaledger history {account}` list all.",
            n=unlisted,
            account=account,
            month=month,
        ),
        "decisions": counted(
            "{n} earlier decision is not shown: `slaledger claim explain {account} {month} --decision 1`.",
            "{n} earlier decisions are not shown: `slaledger claim explain {account} {month} --decision 1` and so on.",
            n=decisions,
            account=account,
            month=month,
        ),
    }
    numbers = (skipped, others, undrawn, unlisted, decisions)
    return {name: note if number else None for (name, note), number in zip(notes.items(), numbers, strict=True)}
