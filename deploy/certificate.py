"""Makes a certificate of our own where none lies yet, so that the proxy can start. Browsers warn of it.

python deploy/certificate.py FOLDER        the host's name comes from TSC_HOST
"""

import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


def self_signed(host: str, key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    """A certificate for one host name, good for a year."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host[:64])])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(x509.random_serial_number())
    builder = builder.not_valid_before(now - timedelta(minutes=5)).not_valid_after(now + timedelta(days=365))
    builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
    return builder.sign(key, hashes.SHA256())


def write(folder: Path, host: str) -> bool:
    """Write key and certificate unless a certificate is there; returns whether it wrote."""
    if (folder / "fullchain.pem").exists():
        return False
    key = ec.generate_private_key(ec.SECP256R1())
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "privkey.pem").touch(mode=0o600)
    (folder / "privkey.pem").write_bytes(secret)
    (folder / "fullchain.pem").write_bytes(self_signed(host, key).public_bytes(serialization.Encoding.PEM))
    return True


if __name__ == "__main__":
    made = write(Path(sys.argv[1]), os.environ["TSC_HOST"])
    sys.stdout.write("A certificate of our own was made.\n" if made else "A certificate is there already.\n")
