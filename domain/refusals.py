"""What is said to whoever asks for something that the rules do not allow."""

from __future__ import annotations


class Refusal(Exception):
    """A command or question that is refused; nothing was recorded.

    `code` is stable and part of the interface; `message` names the place and what is wrong; `clause` is the
    agreement's clause or reading behind it; `hint` says what to do next.
    """

    status = 1

    def __init__(self, code: str, message: str, *, clause: str | None = None, hint: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.clause = clause
        self.hint = hint

    def __reduce__(self) -> tuple[object, ...]:
        """A refusal may come from another process."""
        return _again, (type(self), self.code, self.message, self.clause, self.hint)


def _again(kind: type[Refusal], code: str, message: str, clause: str | None, hint: str | None) -> Refusal:
    return kind(code, message, clause=clause, hint=hint)


class Unreadable(Refusal):
    """Wrong usage, or input that cannot be read as what it should be: exit status 2."""

    status = 2


class Damaged(Refusal):
    """The stored log is not what this software wrote: exit status 4."""

    status = 4


class Conflict(Refusal):
    """Somebody else changed the ledger meanwhile, or holds it: exit status 5, try again."""

    status = 5


class BadValue(ValueError):
    """One field's value breaks a rule of its kind; whoever decodes the command adds the field's name.

    `unreadable` is true where the text is not even of the kind (no instant, no amount), as opposed to a
    readable value that a rule forbids.
    """

    def __init__(self, code: str, message: str, *, hint: str | None = None, unreadable: bool = False) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint
        self.unreadable = unreadable
