"""What is said to whoever asks for something that the rules do not allow: one class a code.

A refusal is declared, with its sentence and its advice as templates of its fields, and raised with values:

    class ClaimAlreadyFiled(Refusal, code="claim_filed", clause="3.2"):
        \"\"\"A claim for the month waits for a decision.\"\"\"

        message = "{account} {month}: a claim was filed at {filed_at} and waits"
        hint = "`slaledger claim withdraw {account} {month} --reason …` first, or decide it"
        account: str
        month: str
        filed_at: InstantUs

Instants and amounts stay numbers until somebody reads the sentence: `notation` says on which clock they are written.
A code with several sentences has a subclass for each. The docstring is the refusal's entry in `docs/errors.md`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, TypeAlias, dataclass_transform

from domain.text import Said, said

InstantUs: TypeAlias = int
"""A field of a refusal that is an instant, in microseconds; written RFC 3339 on the reader's clock."""
LocalTime: TypeAlias = str
"""A field of a refusal that is a time without an offset; written with that of the reader's clock, which is named."""
AmountFen: TypeAlias = int
"""A field of a refusal that is an amount, in fen; written as decimal yuan."""
Code: TypeAlias = str
"""A field of a refusal that is a code, such as an outcome; the message says its word, the hint keeps the code."""


@dataclass_transform(kw_only_default=True, eq_default=False)
class _Declared(Exception):
    """What is raised with the fields that its class annotates, as keywords."""


class Refusal(_Declared):
    """A command or question that is refused; nothing was recorded: exit status 1.

    `code` is stable and part of the interface; `message` names the place and what is wrong; `clause` is the
    agreement's clause or reading behind it, given with the values where it depends on the case; `hint` says what to
    do next.
    """

    status: ClassVar[int] = 1
    code: ClassVar[str] = ""
    clause: str | None = None
    message_template: ClassVar[str] = ""
    hint_template: ClassVar[str | None] = None

    def __init_subclass__(cls, *, code: str | None = None, clause: str | None = None) -> None:
        super().__init_subclass__()
        if code is not None:
            cls.code = code
        if clause is not None:
            cls.clause = clause
        for name in ("message", "hint"):
            template = cls.__dict__.get(name)
            if isinstance(template, str):
                delattr(cls, name)  # the property of the base class writes it with the instance's values
                setattr(cls, f"{name}_template", template)

    def __init__(self, **values: Any) -> None:
        self.values: dict[str, object] = {}
        self.zone: str | None = None
        self._message: str | None = None
        self._hint: str | None = None
        self._place: str | None = None
        if "clause" in values:
            self.clause = values.pop("clause")
        if values.keys() != fields(type(self)).keys():
            raise TypeError(f"{type(self).__name__} takes {', '.join(fields(type(self)))}, not {', '.join(values)}")
        super().__init__()
        self.values = values

    def __getattr__(self, name: str) -> Any:
        values = self.__dict__.get("values", {})
        if name in values:
            return values[name]
        raise AttributeError(f"{type(self).__name__} has no {name}")

    @property
    def message(self) -> str:
        """What is wrong, and where."""
        return self._message or self._written(self.message_template, codes_as_words=True)

    @property
    def hint(self) -> str | None:
        """What to do next."""
        if self._hint is not None or self.hint_template is None:
            return self._hint
        return self._written(self.hint_template)

    @property
    def place_told(self) -> str | None:
        """Where it happened: FILE, FILE:LINE or FILE: $.json.path; None where that was not said."""
        return self._place or (str(self.values["place"]) if "place" in self.values else None)

    def at(self, place: str) -> None:
        """Say where it happened, before what is wrong."""
        self._place = place
        self.reword(said("{place}: {message}", place=place, message=self.message))

    def reword(self, message: str, hint: str | None = None) -> None:
        """Say something else, or more, than the class does; without a hint the advice stays."""
        self._message = message
        self._hint = hint if hint is not None else self._hint

    def _written(self, template: str, codes_as_words: bool = False) -> Said:
        kinds = fields(type(self))
        written = {name: _text(value, kinds[name], self.zone) for name, value in self.values.items()}
        if codes_as_words:
            written |= {name: Said(str(code), {}) for name, code in self.values.items() if kinds[name] == "Code"}
        return Said(template, written)

    def __str__(self) -> str:
        return self.message

    def __reduce__(self) -> tuple[object, ...]:
        """A refusal may come from another process."""
        return _again, (type(self), {**self.values, "clause": self.clause}, self.zone, self._message, self._hint)


def _again(
    kind: type[Refusal], values: dict[str, object], zone: str | None, message: str | None, hint: str | None
) -> Refusal:
    made = kind(**values)
    made.zone, made._message, made._hint = zone, message, hint
    return made


def fields(kind: type[Refusal]) -> dict[str, str]:
    """The fields of a refusal, each with the name of its type; a subclass has those of its base too."""
    return {
        name: str(annotation)
        for base in reversed(kind.__mro__)
        if base is not Refusal and issubclass(base, Refusal)
        for name, annotation in base.__annotations__.items()
        if "ClassVar" not in str(annotation)
    }


def _text(value: object, kind: str, zone: str | None) -> object:
    """A field as a sentence shows it."""
    from domain.money import yuan  # both refuse values themselves
    from domain.time import DEFAULT_ZONE, in_zone, rfc3339

    if isinstance(value, int) and kind == "InstantUs":
        return rfc3339(value, zone or DEFAULT_ZONE)
    if isinstance(value, str) and kind == "LocalTime":
        return f"{in_zone(value, zone or DEFAULT_ZONE)} ({zone or DEFAULT_ZONE})"
    if isinstance(value, int) and kind == "AmountFen":
        return yuan(value)
    return value


class Unreadable(Refusal):
    """Wrong usage, or input that cannot be read as what it should be: exit status 2."""

    status = 2


class Damaged(Refusal):
    """The stored log is not what this software wrote: exit status 4."""

    status = 4


class Conflict(Refusal):
    """Somebody else changed the ledger meanwhile, or holds it: exit status 5, try again."""

    status = 5


class Undone(Refusal, code="undone"):
    """What was done and then undone is not done again by itself. Base of those that say what it was."""


class BadValue(Refusal, ValueError):
    """One field's value breaks a rule of its kind; whoever decodes the command adds the field's name by `at`."""


class UnreadableValue(BadValue, Unreadable):
    """A field's text is not even of its kind (no instant, no amount)."""


class ManyFaults(Exception):
    """Several refusals of one import, told at once; the exit status is the first one's. Nothing was recorded."""

    def __init__(self, refusals: Sequence[Refusal]) -> None:
        super().__init__(refusals)
        self.refusals = tuple(refusals)
