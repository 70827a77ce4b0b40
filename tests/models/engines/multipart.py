"""Reads a multipart form, for servers of tests."""

import email
import email.policy


def parts(kind, body):
    """Field -> text, or (file name, bytes) for a file. ``kind`` is the Content-Type."""
    whole = b"Content-Type: " + kind.encode() + b"\r\n\r\n" + body
    found = {}
    for part in email.message_from_bytes(whole, policy=email.policy.HTTP).iter_parts():
        name, data = part.get_param("name", header="content-disposition"), part.get_payload(decode=True)
        found[name] = (part.get_filename(), data) if part.get_filename() else data.decode()
    return found
