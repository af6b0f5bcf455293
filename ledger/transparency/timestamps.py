"""Trusted time (RFC 3161): requests for time stamps of checkpoints, and the checks of an authority's answer.

The imprint is SHA-256 over the body of the checkpoint, its three lines, so that cosignatures may join the note later.
Revocation is not looked up. The library `rfc3161-client` comes with the extra `timestamp`.
"""

from __future__ import annotations

import hashlib
import re
import ssl
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from domain.refusals import Refusal
from domain.text import said
from ledger.extras import library
from ledger.refusals.audit.timestamps import (
    BadCertificates,
    BadTimestamp,
    BadTimestampRequest,
    TimestampNotGranted,
    TimestampOfOther,
    TimestampOfOtherRequest,
    TimestampUntrusted,
)
from ledger.transparency.answer_der import GRANTED, GRANTED_WITH_MODS, in_order

SHA256 = "2.16.840.1.101.3.4.2.1"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_STATUSES = {
    2: said("rejection"),
    3: said("waiting"),
    4: said("revocation warning"),
    5: said("revocation notification"),
}


class TimeStamp(msgspec.Struct, frozen=True, kw_only=True):
    """What an authority's answer says. Nothing of it is trusted before `check_signature`.

    `time_us` is its instant in microseconds, cut to the second; `authority` the subject of the signer's certificate
    (RFC 4514); `policy` an object identifier; `digest` the hash that it attests, by the algorithm `algorithm`.
    """

    time_us: int
    authority: str
    policy: str
    serial: int
    nonce: int | None
    algorithm: str
    digest: bytes
    answer: Any
    """The answer as the library read it."""
    signer: Any
    """The certificate of its signer."""


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """What a request asks for: a time stamp of a hash, with a nonce and under a policy where it names them."""

    nonce: int | None
    policy: str | None
    algorithm: str
    digest: bytes


def imprint(body: str) -> bytes:
    """SHA-256 over the body of a checkpoint, which its time stamp attests."""
    return hashlib.sha256(body.encode()).digest()


def make_request(body: str) -> bytes:
    """A request in DER for a time stamp of a checkpoint's body, with a nonce, that asks for the certificates too.

    Raises Unreadable `missing_extra`.
    """
    client = _client()
    asked = client.TimestampRequestBuilder().data(body.encode()).hash_algorithm(client.HashAlgorithm.SHA256)
    made: bytes = asked.nonce(nonce=True).cert_request(cert_request=True).build().as_bytes()
    return made


@contextmanager
def _explaining(refusal: Callable[[str], Refusal]) -> Iterator[None]:
    """Turn the errors of the libraries about malformed input into a refusal."""
    malformed = (ValueError, TypeError, LookupError, ssl.SSLError, _client("cryptography.x509").InvalidVersion)
    try:
        yield
    except malformed as error:
        raise refusal(str(error)) from None


@_explaining(lambda why: BadTimestampRequest(why=why))
def read_request(data: bytes) -> Request:
    """Read a request in DER. Raises Unreadable `bad_timestamp_request`, `missing_extra`."""
    asked = _client("._rust").parse_timestamp_request(data)
    return Request(
        nonce=asked.nonce,
        policy=None if asked.policy is None else asked.policy.dotted_string,
        algorithm=asked.message_imprint.hash_algorithm.dotted_string,
        digest=asked.message_imprint.message,
    )


@_explaining(lambda why: BadTimestamp(why=why))
def read_timestamp(data: bytes, certificates: Sequence[Any] = ()) -> TimeStamp:
    """Read an authority's answer, a TimeStampResp in DER; `certificates` are searched for its signer's, too.

    Raises Refusal `timestamp_not_granted`, Unreadable `bad_timestamp`, `missing_extra`.
    """
    answer = _client().decode_timestamp_response(in_order(data))
    if answer.status not in (GRANTED, GRANTED_WITH_MODS):
        raise TimestampNotGranted(answered=_STATUSES.get(answer.status, str(answer.status)), why=_reasons(answer))
    told, signer = answer.tst_info, _signer(answer, certificates)
    return TimeStamp(
        time_us=(told.gen_time - _EPOCH) // timedelta(microseconds=1),
        authority=signer.subject.rfc4514_string(),
        policy=told.policy.dotted_string,
        serial=told.serial_number,
        nonce=told.nonce,
        algorithm=told.message_imprint.hash_algorithm.dotted_string,
        digest=told.message_imprint.message,
        answer=answer,
        signer=signer,
    )


def _reasons(answer: Any) -> str:
    """What an authority says of a status, on one line."""
    return "; ".join(answer.status_string) or "-"


def _signer(answer: Any, certificates: Sequence[Any]) -> Any:
    """The certificate of an answer's signer, out of the answer or of those given.

    Two different ones of the same issuer and number are refused, since only one of them would be checked. Raises
    Unreadable `bad_timestamp`.
    """
    load = _client("cryptography.x509").load_der_x509_certificate
    held = {*map(load, answer.signed_data.certificates), *certificates}
    (signer,) = answer.signed_data.signer_infos
    found = [each for each in held if (each.issuer, each.serial_number) == (signer.issuer, signer.serial_number)]
    if len(found) > 1:
        raise BadTimestamp(why=said("two certificates have the issuer and the number of its signer's"))
    if not found:
        raise BadTimestamp(why=said("the certificate of its signer is neither in it nor among those given"))
    return found[0]


@_explaining(lambda why: BadCertificates(why=why))
def read_certificates(data: bytes) -> list[Any]:
    """Read certificates: one or more in PEM, or one in DER. Raises Unreadable `bad_certificates`, `missing_extra`."""
    x509 = _client("cryptography.x509")
    if b"-----BEGIN" in data:
        found = list(x509.load_pem_x509_certificates(data))
    else:
        found = [x509.load_der_x509_certificate(data)]
    for each in found:
        each.subject.rfc4514_string()
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cadata=each.public_bytes(_der()))
    return found


def _der() -> Any:
    return _client("cryptography.hazmat.primitives.serialization").Encoding.DER


def check_timestamp(
    body: str, answer: bytes, request: bytes | None = None, certificates: Sequence[Any] | None = None
) -> TimeStamp:
    """Check an authority's answer about a checkpoint's body: against its request and certificates, where given.

    Raises as `read_timestamp`, `check_imprint`, `read_request`, `check_answers` and `check_signature` do.
    """
    stamp = read_timestamp(answer, certificates or ())
    check_imprint(stamp, body)
    if request is not None:
        check_answers(stamp, read_request(request))
    if certificates is not None:
        check_signature(stamp, certificates)
    return stamp


def check_imprint(stamp: TimeStamp, body: str) -> None:
    """Check that a time stamp is of a checkpoint's body. Raises Refusal `timestamp_of_other`."""
    if (stamp.algorithm, stamp.digest) != (SHA256, imprint(body)):
        raise TimestampOfOther(imprint=stamp.digest.hex(), expected=imprint(body).hex())


def check_answers(stamp: TimeStamp, request: Request) -> None:
    """Check that a time stamp answers a request: its imprint, its nonce, its policy if it names one.

    Raises Refusal `timestamp_of_other_request`.
    """
    pairs = (
        (said("imprint"), request.digest.hex(), stamp.digest.hex()),
        (said("algorithm of the imprint"), request.algorithm, stamp.algorithm),
        (said("nonce"), request.nonce, stamp.nonce),
        (said("policy"), request.policy, stamp.policy),
    )
    for what, asked, answered in pairs:
        if asked is not None and asked != answered:
            raise TimestampOfOtherRequest(what=what, asked=str(asked), answered=str(answered))


def check_signature(stamp: TimeStamp, certificates: Sequence[Any]) -> None:
    """Check who signed a time stamp: a chain leads from the signer to a root among the certificates given.

    The chain is that of an authority for time stamps, and was valid at the instant of the time stamp, not now.
    Raises Refusal `timestamp_untrusted`.
    """
    client = _client()
    apart = stamp.signer if not stamp.answer.signed_data.certificates and stamp.signer in certificates else None
    verifier = client.VerifierBuilder(roots=list(certificates), tsa_certificate=apart).build()
    try:
        verifier.verify(stamp.answer, stamp.digest)
    except (client.VerificationError, ValueError) as error:
        raise TimestampUntrusted(authority=stamp.authority, why=_reason(str(error))) from None


_REASONS = (re.compile(r"Verify error: ?([^\"\\]+)"), re.compile(r"reason: \"([^\"]+)\""))
"""Where OpenSSL's reason stands in the library's message."""


def _reason(told: str) -> str:
    found = next(filter(None, (each.search(told) for each in _REASONS)), None)
    return told if found is None else found[1]


def _client(module: str = "") -> Any:
    """The library `rfc3161-client`, a part of it, or a module that it brings. Raises Unreadable `missing_extra`."""
    name = f"rfc3161_client{module}" if not module or module.startswith(".") else module
    return library(name, "timestamp", said("time stamps"))
