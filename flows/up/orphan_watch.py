"""Ends the studio when `sakuga up` was killed and could not: `python -m flows.up.orphan_watch HOME API`.

In: a pipe from `sakuga up` that closes when it dies, however it dies.      Out: nothing left running.
It holds the studio's lock as well, so that nobody starts a new studio while the old one is being ended.
"""

import signal
import sys
from pathlib import Path

from flows.settings import client_auth
from flows.up.prefect_api import Api
from flows.up.shutdown import end

WELL = "ended\n"


def main() -> None:
    home, url = sys.argv[1:3]
    # Ctrl-C, a closed terminal or a polite kill of all: `sakuga up` deals with those, and this waits for it.
    for number in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    if sys.stdin.read() != WELL:
        print("sakuga up is gone without a word; ending its studio.", flush=True)
        end(Path(home), Api(url, client_auth()), say=lambda text: print(text, flush=True))
        (Path(home) / "up" / "standing.json").unlink(missing_ok=True)


if __name__ == "__main__":
    main()
