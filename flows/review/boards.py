"""What a gate shows: the panels and takes of an episode as they stand.

In: a board, the store.      Out: the board brought up to date.
Knows nothing about pages or terminals.
"""

from assets.sheets.review import Board, ShownTake
from assets.store import Store


def as_it_stands(board: Board, episode: str, store: Store) -> Board:
    """``board`` with the takes, choices and locks the store holds now."""
    selections = store.selections(episode)
    cuts = []
    for cut in board.cuts:
        held = selections.get(cut.cut)
        if held is None:
            cuts.append(cut)
            continue
        takes = tuple(
            ShownTake(
                number=take.number,
                clip=take.clip,
                frames=take.frames,
                reason=take.reason,
                measures=take.measures,
            )
            for take in store.takes(episode, cut.cut)
        )
        # The board may know of another reason to be stale (its panel was repainted) than the store does.
        now = {"takes": takes, "selected": held.take.number, "locked": held.locked}
        cuts.append(cut.model_copy(update=now))
    return board.model_copy(update={"cuts": tuple(cuts)})
