"""Every error Sakuga raises on purpose, as one tree.

    SakugaError                  exit code 1
    ├── InputRefused             2   the input of a person cannot be used as it is
    │   ├── ScriptRefused            a screenplay file, with its line
    │   ├── SheetRefused             a YAML or JSON sheet (bible, cut sheet, profile)
    │   ├── ShapeRefused             a size, length or rate that a model cannot make
    │   ├── PathRefused              a path that leaves the project, or a link
    │   ├── DecisionRefused          a review that cannot be recorded as it is; nothing was changed
    │   └── RightsRefused            a use that the policy or a grant does not allow
    ├── SetupMissing             3   a program, font, package or weight file is missing
    ├── StorageFailed            4   the vault or the store failed, or the system refused a file or disk
    │   ├── BlobMissing              a reference whose bytes are missing
    │   ├── BlobDamaged              bytes that no longer match their hash
    │   └── StoreRefused             a database in a state this version cannot use
    ├── ModelFailed              5   a model call failed, or its result breaks the port's contract
    │   ├── AnswerUnusable           a writer answered, and the answer cannot be used
    │   │   └── ModelDeclined        the model itself refused to write it
    │   └── PromptTooLong            more than the writer can read at once
    ├── LockHeld                 6   held by somebody else: an approved take, or an episode another run took over
    ├── GateShut                 7   the episode stops here for now; this is a person's choice, not a failure
    │   ├── RunStopped               a reviewer stopped the run, or sent the script back
    │   ├── GateExpired              nobody decided in time
    │   └── NotApproved              a LoRA that no person has approved
    └── RunAsleep                8   a decision is recorded, but the waiting run could not be resumed

A message says what was given, what is allowed, and what to do next. A value in it may hold terminal commands,
so they are shown as escapes; and it may be long, so the middle of a long line is left out.
"""

from pathlib import Path

from assets.plain import bounded, visible

LONGEST_LINE = 2500  # characters; an error quotes what came, which may be a whole file


class SakugaError(Exception):
    """Root of the tree; ``exit_code`` is the exit code of the command line."""

    exit_code = 1

    def __str__(self) -> str:
        return bounded(visible(super().__str__()), LONGEST_LINE)


class InputRefused(SakugaError):
    """The input of a person cannot be used as it is."""

    exit_code = 2


class ScriptRefused(InputRefused):
    """A screenplay that cannot be read; names the line where possible."""

    def __init__(self, file: Path | str, line: int | None, problem: str, remedy: str) -> None:
        self.file, self.line, self.problem, self.remedy = str(file), line, problem, remedy
        where = f"{file}:{line}" if line is not None else str(file)
        super().__init__(f"{where}: {problem} {remedy}")


class SheetRefused(InputRefused):
    """A sheet on disk that is malformed, too large, or of an unknown kind or version."""


class ShapeRefused(InputRefused):
    """A size, length or rate that the chosen model cannot make."""


class PathRefused(InputRefused):
    """A path that leaves the project, or goes through a link."""


class DecisionRefused(InputRefused):
    """A review that cannot be recorded as it is; nothing was changed."""


class RightsRefused(InputRefused):
    """A model, work or LoRA that the policy or its own grants do not allow for this use."""


class SetupMissing(SakugaError):
    """A program, font, package or weight file is missing; the message says how to get it."""

    exit_code = 3


class StorageFailed(SakugaError):
    """The vault or the store failed, or the system refused a file."""

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


class AnswerUnusable(ModelFailed):
    """A writer answered, and the answer cannot be used; it was paid for all the same."""

    def __init__(
        self,
        message: str,
        *,
        tokens_in: int = 0,
        tokens_out: int = 0,
        cost_usd: str = "0",
        seconds: float = 0,
    ) -> None:
        super().__init__(message)
        self.tokens_in, self.tokens_out = tokens_in, tokens_out
        self.cost_usd, self.seconds = cost_usd, seconds


class ModelDeclined(AnswerUnusable):
    """The model itself refused to write it. Asking again in the same words gives the same refusal."""


class PromptTooLong(ModelFailed):
    """More than the writer can read at once; a shorter question about the same may be answered."""


class LockHeld(SakugaError):
    """Somebody else holds an approved take, or another process took over the episode."""

    exit_code = 6


class GateShut(SakugaError):
    """The episode stops here for now. Nothing is lost: run the same command to be asked again."""

    exit_code = 7


class RunStopped(GateShut):
    """A reviewer stopped the run, or sent the script back."""


class GateExpired(GateShut):
    """Nobody decided in time."""


class NotApproved(GateShut):
    """A LoRA that no person has approved is to be used."""


class RunAsleep(SakugaError):
    """A decision is recorded, but the waiting run could not be resumed."""

    exit_code = 8
