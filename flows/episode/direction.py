"""Who directs this episode: the rules alone, or the profile's writer after them.

In: a profile, a run context.      Out: a function that the plan calls with the sheet the rules wrote.
The writer is released before anything is drawn: one device would hardly hold both.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from assets.sheets.cutsheet import Cutsheet
from flows.episode.plan import Directing
from flows.episode.profile import Profile
from flows.episode.session import RunContext
from models.lease import lease
from models.ports import Writer
from stages.direction import Directed, direct


@contextmanager
def director(profile: Profile, context: RunContext) -> Iterator[Directing]:
    """Lend the writer out for the length of the block, where the profile asks for one."""
    if profile.director is None:
        yield Directed
        return
    with lease(Writer, profile.director.name, context.device, options=profile.director.options) as writer:

        def enriched(sheet: Cutsheet) -> Directed:
            [done] = context.executor.each(
                "direction",
                [sheet],
                lambda sheet: direct(sheet, writer=writer, cache=context.cache, options=profile.direction),
                lambda sheet: sheet.episode,
            )
            return done

        yield enriched
