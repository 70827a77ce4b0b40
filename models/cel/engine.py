"""Import skia, and say what is missing on a bare machine before anything is drawn.

In: nothing.      Out: nothing, and ``import skia`` works; or SetupMissing.
"""

import re

from assets.errors import SetupMissing

# skia's wheel includes everything except the system's GL and font libraries.
DEBIAN = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libGLESv2.so.2": "libgles2",
    "libfontconfig.so.1": "libfontconfig1",
    "libX11.so.6": "libx11-6",
}


def check() -> None:
    """Import skia, or say which library is missing and the command that installs it."""
    try:
        import skia  # noqa: F401 - the import is the check
    except ImportError as error:
        raise SetupMissing(remedy(str(error))) from error


def remedy(problem: str) -> str:
    """The message for a person about the loader's ``problem``."""
    found = re.search(r"lib[\w+-]+\.so[.\d]*", problem)
    if found is None:
        return (
            f"The cel rig draws with skia, which cannot be imported ({problem}). `pip install skia-python`."
        )
    library = found.group()
    package = DEBIAN.get(library)
    if package is None:
        return f"The cel rig draws with skia, which needs {library}; install the system package that has it."
    return (
        f"The cel rig draws with skia, which needs {library}, and this machine has none. "
        f"On Debian or Ubuntu: apt-get install -y {package} (all it ever needs: "
        f"{' '.join(sorted(set(DEBIAN.values())))})."
    )
