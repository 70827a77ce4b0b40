"""Every error Sakuga raises on purpose, as one tree.

    SakugaError                  exit code 1
    ├── InputRefused             2   what a person gave cannot be used as it is
    │   ├── ScriptRefused            a screenplay file, with its line
    │   ├── SheetRefused             a YAML or JSON sheet (bible, cut sheet, profile)
    │   ├── ShapeRefused             a size, length or rate a machine cannot make
    │   ├── PathRefused              a path that leaves the project, or a link
    │   └── DecisionRefused          a review that cannot be taken as it is; nothing of it was done
    ├── SetupMissing             3   a program, font, package or weight is not there
    ├── StorageFailed            4   the vault, the store, or a file or disk that the system refuses
    │   ├── BlobMissing              a reference whose bytes are gone
    │   ├── BlobDamaged              bytes that no longer match their hash
    │   └── StoreRefused             a database in a state this version cannot use
    ├── ModelFailed            5   a model call failed, or gave something out of contract
    ├── LockHeld                 6   somebody else's: an approved take, or an episode taken over by another run
    ├── GateShut                 7   the episode does not go on now: a person's doing, no failure
    │   ├── RunStopped               a reviewer said stop, or sent the script back
    │   └── GateExpired              nobody decided in time
    └── RunAsleep                8   a decision is recorded, but the run that waits could not be told

A message says what came, what is allowed, and what to do next. What came may hold commands for a terminal:
they are shown as escapes.
"""

from pathlib import Path

from assets.plain import visible


class SakugaError(Exception):
    """Root of the tree; ``exit_code`` is what the command line leaves with."""

    exit_code = 1

    def __str__(self) -> str:
        return visible(super().__str__())


class InputRefused(SakugaError):
    """What a person gave cannot be used as it is."""

    exit_code = 2


class ScriptRefused(InputRefused):
    """A screenplay that cannot be read; points at the line where there is one."""

    def __init__(self, file: Path | str, line: int | None, problem: str, remedy: str) -> None:
        self.file, self.line, self.problem, self.remedy = str(file), line, problem, remedy
        where = f"{file}:{line}" if line is not None else str(file)
        super().__init__(f"{where}: {problem} {remedy}")


class SheetRefused(InputRefused):
    """A sheet on disk that is malformed, too large, of an unknown kind or version."""


class ShapeRefused(InputRefused):
    """A size, length or rate that the chosen machine cannot make."""


class PathRefused(InputRefused):
    """A path that leaves the project, or goes through a link."""


class DecisionRefused(InputRefused):
    """A review that cannot be taken as it is; nothing of it was done."""


class SetupMissing(SakugaError):
    """A program, font, package or weight file is not there; says how to get it."""

    exit_code = 3


class StorageFailed(SakugaError):
    """The vault or the store could not do what it promises, or the system refused a file."""

    exit_code = 4


class BlobMissing(StorageFailed):
    """A reference whose bytes are not in the vault."""


class BlobDamaged(StorageFailed):
    """Bytes in the vault that no longer match their hash."""


class StoreRefused(StorageFailed):
    """A database whose schema or content this version cannot use."""


class ModelFailed(SakugaError):
    """A model call failed, or returned something outside its port's contract."""

    exit_code = 5


class LockHeld(SakugaError):
    """Somebody else holds it: an approved take, or the episode, taken over by another process."""

    exit_code = 6


class GateShut(SakugaError):
    """The episode does not go on now. Nothing is lost: the same command asks again."""

    exit_code = 7


class RunStopped(GateShut):
    """A reviewer said stop, or sent the script back."""


class GateExpired(GateShut):
    """Nobody decided in time."""


class RunAsleep(SakugaError):
    """A decision is recorded, but the run that waits for it could not be told."""

    exit_code = 8
