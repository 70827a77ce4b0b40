"""A time-stamp server (RFC 3161) in a process of its own, with a root of its own: openssl gives the answers.

Run as a program: ``python timestamps.py FOLDER MOST`` answers MOST requests, and fails every later one.
"""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

CONFIG = """
[tsa]
default_tsa = one
[one]
serial = {0}/serial
signer_cert = {0}/tsa.pem
certs = {0}/root.pem
signer_key = {0}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha384, sha512
ess_cert_id_alg = sha256
"""
EXTENSIONS = """
extendedKeyUsage = critical,timeStamping
keyUsage = critical,digitalSignature
basicConstraints = CA:FALSE
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
"""
KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")


def openssl(*words: object) -> None:
    subprocess.run(["openssl", *map(str, words)], check=True, capture_output=True)


def prepare(folder: Path) -> Path:
    """Make the server's certificates; return its root."""
    folder.mkdir()
    (folder / "ts.cnf").write_text(CONFIG.format(folder))
    (folder / "ext").write_text(EXTENSIONS)
    (folder / "serial").write_text("01\n")
    root, key = folder / "root.pem", folder / "root.key"
    openssl("req", "-x509", *KEY, "-keyout", key, "-out", root, "-days", 30, "-subj", "/O=Time/CN=root",
            "-addext", "keyUsage=critical,keyCertSign,cRLSign")  # fmt: skip
    openssl("req", *KEY, "-keyout", folder / "tsa.key", "-out", folder / "csr", "-subj", "/O=Time/CN=stamps")
    openssl("x509", "-req", "-in", folder / "csr", "-CA", root, "-CAkey", key, "-CAcreateserial", "-days", 20,
            "-out", folder / "tsa.pem", "-extfile", folder / "ext")  # fmt: skip
    return root


@contextmanager
def serving(folder: Path, most: int = 1000) -> Iterator[str]:
    """The address of a server, for the length of the block."""
    server = subprocess.Popen(
        [sys.executable, __file__, folder, str(most)], stdout=subprocess.PIPE, text=True
    )
    try:
        assert server.stdout is not None
        yield f"http://127.0.0.1:{int(server.stdout.readline())}/tsr"
    finally:
        server.kill()
        server.wait()


def serve(folder: Path, most: int) -> None:
    left = most

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            nonlocal left
            (folder / "query").write_bytes(self.rfile.read(int(self.headers["content-length"])))
            left -= 1
            if left < 0:
                return self.send_error(503)
            openssl(
                "ts",
                "-reply",
                "-config",
                folder / "ts.cnf",
                "-queryfile",
                folder / "query",
                "-out",
                folder / "reply",
            )
            reply = (folder / "reply").read_bytes()
            self.send_response(200)
            self.send_header("content-type", "application/timestamp-reply")
            self.send_header("content-length", str(len(reply)))
            self.end_headers()
            self.wfile.write(reply)

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Answer)
    print(server.server_port, flush=True)
    server.serve_forever()


if __name__ == "__main__":
    serve(Path(sys.argv[1]), int(sys.argv[2]))
