"""Stop the studio if `sakuga up` was killed and could not: `python -m flows.up.orphan_watch HOME API`.

In: a pipe from `sakuga up` that closes when it dies, however it dies.      Out: no process of the studio.
It holds the studio's lock too, so that nobody starts a new studio while the old one is stopping.
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
    # `sakuga up` handles Ctrl-C, a closed terminal and SIGTERM; this process only waits for it.
    for number in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    if sys.stdin.read() != WELL:
        print("sakuga up ended unexpectedly; stopping its studio.", flush=True)
        end(Path(home), Api(url, client_auth()), say=lambda text: print(text, flush=True))
        (Path(home) / "up" / "standing.json").unlink(missing_ok=True)


if __name__ == "__main__":
    main()
