#!/usr/bin/env python3
"""Is this container well? Every URL in SAKUGA_HEALTH must answer 200 within some seconds.

In: SAKUGA_HEALTH (URLs, separated by blanks).      Out: exit code 0, or 1 and what is wrong.
The image has no curl, and Python is there anyway.
"""

import os
import sys
import urllib.error
import urllib.request


def trouble(url: str) -> str:
    if not url.startswith(("http://", "https://")):
        return f"{url} is no http address"
    try:
        with urllib.request.urlopen(url, timeout=8) as answer:  # noqa: S310 - checked above
            return "" if answer.status == 200 else f"{url} answered {answer.status}"
    except (OSError, urllib.error.URLError) as error:
        return f"{url}: {error}"


if __name__ == "__main__":
    found = [told for told in map(trouble, os.environ.get("SAKUGA_HEALTH", "").split()) if told]
    print("\n".join(found) or "well")
    sys.exit(1 if found else 0)
