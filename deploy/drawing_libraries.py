"""See that the drawing library loads; on a bare Debian machine, bring what it needs.

skia's wheel draws on the CPU but is linked against libEGL, libGL and fontconfig, which servers
often lack. With root and apt they are installed; otherwise this says exactly what to do.
"""

import os
import shutil
import subprocess
import sys

PACKAGES = ["libegl1", "libgl1", "libfontconfig1"]


def missing() -> str:
    """What the loader says, or an empty string when skia imports."""
    answer = subprocess.run(
        [sys.executable, "-c", "import skia"], capture_output=True, text=True, check=False
    )
    return "" if answer.returncode == 0 else (answer.stderr.strip().splitlines() or ["it stopped"])[-1]


def main() -> int:
    problem = missing()
    if not problem:
        return 0
    command = ["apt-get", "install", "-y", "--no-install-recommends", *PACKAGES]
    if os.geteuid() == 0 and shutil.which("apt-get"):
        subprocess.run(["apt-get", "update", "-qq"], check=False)
        subprocess.run(command, check=False, stdout=subprocess.DEVNULL)
        problem = missing()
        if not problem:
            return 0
    print(
        f"The drawing library (skia) does not load: {problem}\n"
        f"On Debian or Ubuntu: sudo {' '.join(command)}\n"
        "On Fedora: sudo dnf install libglvnd-egl libglvnd-glx fontconfig",
        file=sys.stderr,
    )
    return 3


if __name__ == "__main__":
    sys.exit(main())
