"""Say whether this computer may and can make an episode: a model that the policy refuses first, then what is missing.

In: a brief, its profile and bible.      Out: the settings; or the refusal, before anything is made.
"""

from assets.errors import SetupMissing
from assets.sheets.bible import Bible
from assets.store import Store
from assets.store.records import NO_SHOW
from flows.episode import identity
from flows.episode.brief import Brief
from flows.episode.profile import Profile
from flows.rights import clearance
from flows.rights.clearance import Production
from flows.settings import Settings, models_folder, settings, stay_offline
from models.memory import required_device
from models.weights.store import use_store


def required_ready(brief: Brief, profile: Profile, bible: Bible | None) -> Settings:
    """Refuse an order that this computer may not or cannot carry out. Gives the settings."""
    stay_offline()
    use_store(models_folder())
    chosen = settings(brief.out)
    try:
        profile.machines.check(brief.language, brief.profile)
        for device in dict.fromkeys((chosen.device, *profile.devices.values())):
            required_device(device)
    except SetupMissing:
        # Nobody should fetch weights, or buy a card, for a model that the policy refuses.
        _required_models(Production(profile, brief.language, None), brief, bible, chosen)
        raise
    return chosen


def _required_models(made: Production, brief: Brief, bible: Bible | None, chosen: Settings) -> None:
    """Raise RightsRefused if the policy refuses a model, and no signed override lets it pass for this episode."""
    show = bible.id if bible else None
    if not chosen.shared and not (chosen.home / "store.sqlite").exists():
        clearance.required_models(made, None, "")
        return
    episode = identity.resolve(brief, show, chosen)
    with Store.open(chosen.store) as store:
        clearance.required_models(made, store, f"{show or NO_SHOW}/{episode}")
