"""A time stamp authority (RFC 3161): `openssl ts` itself, with certificates and a clock of the test's own.

Its certificates and its clock are of fixed dates, so that what was valid once is so however late the tests run.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import system
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

AT = datetime(2020, 6, 1, tzinfo=UTC)
"""When an authority answers, where nothing else is said."""
VALID = (datetime(2019, 1, 1, tzinfo=UTC), datetime(2021, 1, 1, tzinfo=UTC))
"""The years of its certificates, where nothing else is said: they have expired, and were valid when it answered."""
POLICY, OTHER_POLICY = "1.2.3.4.1", "1.2.3.4.2"
NAME = "CN=Time Desk,O=Clocks,C=CN"
"""The subject of its certificate."""
_SETTINGS = """
[tsa]
default_tsa = desk
[desk]
serial = {folder}/serial
signer_digest = sha256
default_policy = {policy}
other_policies = {other}
digests = sha256, sha512
accuracy = secs:1
ess_cert_id_chain = no
ess_cert_id_alg = sha256
"""


class Authority:
    """An authority whose certificate is issued by an intermediate one, which a root issued, all kept in a folder."""

    def __init__(self, folder: Path, valid: tuple[datetime, datetime] = VALID, of: str = "Clocks") -> None:
        self.folder = folder
        self._of = of
        folder.mkdir()
        self._issued: dict[str, tuple[x509.Certificate, ec.EllipticCurvePrivateKey]] = {}
        for name, issuer in (("Root", "Root"), ("Middle", "Root"), ("Time Desk", "Middle")):
            self._issue(name, issuer, valid)
        self.root, self.middle, self.desk = (str(folder / f"{name}.pem") for name in ("Root", "Middle", "Time Desk"))
        self.certificates = self.pem("certificates.pem", "Root", "Middle")
        self._settings = folder / "tsa.cnf"
        self._settings.write_text(_SETTINGS.format(folder=folder, policy=POLICY, other=OTHER_POLICY))
        (folder / "serial").write_text("01\n")

    def _issue(self, name: str, issuer: str, valid: tuple[datetime, datetime]) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        for_time = name == "Time Desk"
        made = (
            x509.CertificateBuilder()
            .subject_name(self._name(name))
            .issuer_name(self._name(issuer))
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(valid[0])
            .not_valid_after(valid[1])
            .add_extension(x509.BasicConstraints(ca=not for_time, path_length=None), critical=True)
        )
        if for_time:
            usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
            made = made.add_extension(usage, critical=True)
        signed = made.sign(key if name == issuer else self._issued[issuer][1], hashes.SHA256())
        self._issued[name] = signed, key
        (self.folder / f"{name}.pem").write_bytes(signed.public_bytes(serialization.Encoding.PEM))
        form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        (self.folder / f"{name}.key").write_bytes(key.private_bytes(*form))

    def _name(self, name: str) -> x509.Name:
        parts = ((NameOID.COUNTRY_NAME, "CN"), (NameOID.ORGANIZATION_NAME, self._of), (NameOID.COMMON_NAME, name))
        return x509.Name([x509.NameAttribute(kind, value) for kind, value in parts])

    def pem(self, file: str, *names: str) -> str:
        """The path of a file with certificates, in the order of their names."""
        path = self.folder / file
        path.write_bytes(b"".join((self.folder / f"{name}.pem").read_bytes() for name in names))
        return str(path)

    def answer(self, request: Path, answer: Path, *, at: datetime = AT, chain: Sequence[str] = ("Middle",)) -> Path:
        """Answer a request at an instant, with its own certificate and those of a chain; gives the answer's path."""
        options = ["-signer", self.desk, "-inkey", str(self.folder / "Time Desk.key")]
        options += ["-chain", self.pem("chain.pem", *chain)] if chain else []
        words = ["ts", "-reply", "-queryfile", str(request), "-config", str(self._settings), *options]
        seconds = (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(seconds=1)
        openssl(*words, "-out", str(answer), env={**os.environ, "LD_PRELOAD": str(_clock()), "CLOCK_AT": str(seconds)})
        return answer


_FOLDER = TemporaryDirectory()


@cache
def _clock() -> Path:
    """The compiled clock; skips the test where there is no compiler, or no Linux."""
    if sys.platform != "linux":
        pytest.skip("a process has a clock of its own on Linux only")
    made, source = Path(_FOLDER.name) / "clock.so", Path(__file__).with_name("clock.c")
    subprocess.run([system.tool("build-essential"), "-shared", "-fPIC", "-o", str(made), str(source)], check=True)
    return made


def openssl(*words: str, env: dict[str, str] | None = None) -> str:
    """Run `openssl` and give what it printed; skips the test where it is not there."""
    done = subprocess.run([system.tool("openssl"), *words], env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout
