"""A certificate authority that lives as long as one run."""

import ssl
from dataclasses import dataclass
from pathlib import Path

import trustme


@dataclass(frozen=True)
class CertificateFiles:
    """Where a server's certificate chain and private key are."""

    certificate: Path
    key: Path


class CertificateAuthority:
    """Issues certificates for `localhost` and `127.0.0.1`, which every server of a run trusts."""

    def __init__(self, directory: Path):
        self._directory = directory
        directory.mkdir(parents=True, exist_ok=True)
        self._authority = trustme.CA()
        self.certificate = directory / "authority.pem"
        self._authority.cert_pem.write_to_path(str(self.certificate))

    def issue(self, label: str) -> CertificateFiles:
        """A new certificate and key, in files named after `label`."""
        leaf = self._authority.issue_cert("localhost", "127.0.0.1")
        files = CertificateFiles(self._directory / f"{label}.crt", self._directory / f"{label}.key")
        files.certificate.write_bytes(b"".join(blob.bytes() for blob in leaf.cert_chain_pems))
        leaf.private_key_pem.write_to_path(str(files.key))
        return files

    def client_context(self) -> ssl.SSLContext:
        """A TLS context for connecting to the servers of this run."""
        return ssl.create_default_context(cafile=str(self.certificate))

    def server_context(self, files: CertificateFiles) -> ssl.SSLContext:
        """A TLS context for listening with an issued certificate."""
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(files.certificate, files.key)
        return context
