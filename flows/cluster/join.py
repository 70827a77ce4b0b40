"""Make this machine a node of the cluster, then run a command: `python -m flows.cluster.join COMMAND ...`

In: SAKUGA_RAY, a command.      Out: the running command, on a node that offers no CPU and no GPU.
Ray accepts a run only from a node of the cluster. Where SAKUGA_RAY is empty, or a head on this machine's loopback,
the command just runs.
"""

import os
import subprocess
import sys

from assets.errors import InputRefused, SakugaError, SetupMissing
from flows.cluster.connection import STORE_BYTES, check_head
from flows.settings import ray_address, ray_defaults, ray_is_here, surroundings

SECONDS = 120


def main() -> None:
    command = sys.argv[1:]
    if not command:
        raise InputRefused("Give the command to run on the node: python -m flows.cluster.join COMMAND ...")
    address = ray_address()
    if address and not ray_is_here(address):
        ray_defaults(address)
        _join(address)
    os.execvp(command[0], command)  # noqa: S606, the command of whoever starts the container


def _join(address: str) -> None:
    argv = [sys.executable, "-m", "ray.scripts.scripts", "start", "--address", address]
    argv += ["--num-cpus", "0", "--num-gpus", "0", "--disable-usage-stats"]
    argv += ["--object-store-memory", str(STORE_BYTES)]
    try:
        check_head(address)
        done = subprocess.run(argv, env=surroundings(), capture_output=True, text=True, timeout=SECONDS)
        said = done.stderr.strip() or done.stdout.strip() or f"exit code {done.returncode}"
        why = said.rpartition("\n")[2] if done.returncode else ""  # of a stack trace: the error
    except (OSError, ValueError, subprocess.TimeoutExpired) as error:
        why = str(error)
    if why:
        raise SetupMissing(f"The Ray cluster at SAKUGA_RAY={address} could not be joined: {why}")


if __name__ == "__main__":
    try:
        main()
    except SakugaError as error:
        print(f"sakuga: {error}", file=sys.stderr)
        sys.exit(error.exit_code)
