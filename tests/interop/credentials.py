"""What the logins need beside passwords, made anew for each run: certificates, SSH keys and SCRAM records.

    credentials.py FOLDER      writes the files there, prints the records as JSON

Run by the Python that the packages are installed for: nothing here is made by `wamp`, which has to read all of it.
"""

import base64
import datetime
import hashlib
import hmac
import ipaddress
import json
import sys
from pathlib import Path

from argon2.low_level import Type, hash_secret_raw
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

PASSWORD = "pencil case"  # what every user that has one has
SALT = bytes(range(16))
SEED = bytes(range(32))  # of the key that every user with a key has
STRANGER = bytes(range(1, 33))  # of one that nobody knows


def main(folder):
    authority = Authority(folder)
    server = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    authority.issue("server", server, ExtendedKeyUsageOID.SERVER_AUTH)
    client = authority.issue("client", [x509.RFC822Name("tina@example.org")], ExtendedKeyUsageOID.CLIENT_AUTH)
    authority.issue("stranger", [x509.RFC822Name("nobody@example.org")], ExtendedKeyUsageOID.CLIENT_AUTH)
    print(json.dumps({
        "password": PASSWORD,
        "seed": SEED.hex(),
        "pubkey": ssh(folder, "id_ed25519", SEED),
        "stranger": STRANGER.hex(),
        "stranger_pubkey": ssh(folder, "id_stranger", STRANGER),
        "ssh_pubkey": (folder / "id_ed25519.pub").read_text(),
        "certificate_sha256": client.fingerprint(hashes.SHA256()).hex(),
        "certificate_sha1": ":".join(f"{byte:02X}" for byte in client.fingerprint(hashes.SHA1())),
        "ticket_sha256": hashlib.sha256(PASSWORD.encode()).hexdigest(),
        "derived": base64.b64encode(hashlib.pbkdf2_hmac("sha256", PASSWORD.encode(), b"salt123", 100, 32)).decode(),
        "pbkdf2": scram(hashlib.pbkdf2_hmac("sha256", PASSWORD.encode(), SALT, 4096), iterations=4096),
        "argon2id13": argon2(iterations=3, memory=8192),
    }))


def argon2(iterations, memory):
    raw = hash_secret_raw(PASSWORD.encode(), SALT, iterations, memory, 1, 32, Type.ID, 0x13)
    text = base64.b64encode(raw).rstrip(b"=")  # what autobahn and crossbar take for the salted password
    return {**scram(raw, iterations=iterations, memory=memory), "compat": scram(text)}


def scram(salted, **costs):
    stored = hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
    server = hmac.digest(salted, b"Server Key", "sha256")
    return {**costs, "salt": SALT.hex(), "stored_key": stored.hex(), "server_key": server.hex()}


def ssh(folder, name, seed):
    """Writes a key as ssh-keygen does; its public part in hexadecimal digits."""
    key = Ed25519PrivateKey.from_private_bytes(seed)
    form = (serialization.PrivateFormat.OpenSSH, serialization.NoEncryption())
    private(folder / name, key.private_bytes(serialization.Encoding.PEM, *form))
    line = key.public_key().public_bytes(serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH)
    (folder / f"{name}.pub").write_bytes(line + b" interop\n")
    private(folder / f"{name}.hex", seed.hex().encode() + b"\n")
    return key.public_key().public_bytes_raw().hex()


class Authority:
    """Signs the certificates of one run; ca.pem is its own."""

    def __init__(self, folder):
        self.folder = folder
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = name("interop authority")
        extensions = [(x509.BasicConstraints(ca=True, path_length=0), True)]
        self.certificate = self.sign(self.name, self.key, extensions)
        (folder / "ca.pem").write_bytes(pem(self.certificate))

    def issue(self, stem, names, usage):
        key = ec.generate_private_key(ec.SECP256R1())
        extensions = [(x509.SubjectAlternativeName(names), False), (x509.ExtendedKeyUsage([usage]), False)]
        certificate = self.sign(name(stem), key, extensions)
        (self.folder / f"{stem}.pem").write_bytes(pem(certificate))
        form = (serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        private(self.folder / f"{stem}.key", key.private_bytes(serialization.Encoding.PEM, *form))
        return certificate

    def sign(self, subject, key, extensions):
        now = datetime.datetime.now(datetime.timezone.utc)
        identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
        builder = x509.CertificateBuilder(
            self.name, subject, key.public_key(), x509.random_serial_number(),
            now - datetime.timedelta(hours=1), now + datetime.timedelta(days=1),
        )
        authority = x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key())
        for extension, critical in [*extensions, (identifier, False), (authority, False)]:
            builder = builder.add_extension(extension, critical)
        return builder.sign(self.key, hashes.SHA256())


def name(common):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def pem(certificate):
    return certificate.public_bytes(serialization.Encoding.PEM)


def private(path, content):
    path.touch(mode=0o600)
    path.write_bytes(content)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
