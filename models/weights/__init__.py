"""Weights of models from a hub: which ones an adapter needs, where they lie, whether they are complete.

For an adapter there are four names:

    class Options(models.options.Options):
        weights: Weights = Weights(hub="owner/name")         # a profile writes {hub, revision} or {path}
        image_encoder: Weights | None = None                 # every model of its own is a field of its own
        distilled: tuple[Weights, ...] = ()                  # also in tuples, dicts and nested parts

    snapshot(options.weights)         -> Snapshot: .folder, and .components for a modular pipeline
    options.weights.said()            -> {"weights", "revision", "licence", "training_data"} for ``carded``
    lacks_weights(options, *packages) -> what is missing, as a sentence, for ``lacks_with``

``snapshot`` never touches the network: it returns the folder of a model that was fetched, or raises SetupMissing
with the command that fetches it. The recipe of an adapter holds hub id and revision, or, for a local ``path``, the
SHA-256 over the folder's files (models/options.py does this for every field of this type).

A profile's revisions are in NAME.lock.yaml beside it (lock.py): `sakuga models pin` writes it, `sakuga models pull`
fetches what it lists. The loader of profiles fills ``revision: null`` from it, so that an adapter always sees a
full revision.
"""

from models.weights.choice import Weights, wanted
from models.weights.store import Snapshot, lacks_weights, snapshot

__all__ = ["Snapshot", "Weights", "lacks_weights", "snapshot", "wanted"]
