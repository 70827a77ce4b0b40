"""What a profile will ask of this computer, before a byte is fetched: disk, GPU memory, licence duties.

In: the needs of a profile, a device.      Out: a Plan. Bytes are exact where the profile is pinned, else
estimates of the catalogue; memory is what the adapter's card declares. Both are marked as such.
"""

from dataclasses import dataclass

from flows.weights.needs import Need, Needs, free_gb, state
from models.memory import total_gb
from models.weights.catalogue import known


@dataclass(frozen=True)
class Size:
    """Gigabytes (10^9), and whether they were counted or estimated; 0 estimated: not known."""

    gb: float
    exact: bool

    def __str__(self) -> str:
        if not self.gb:
            return "size not known"
        return f"{self.gb:.1f} GB" if self.exact else f"about {self.gb:g} GB (estimate)"


@dataclass(frozen=True)
class Duty:
    """The licence of one model, and what it asks."""

    hub: str
    licence: str
    commercial: str
    duties: tuple[str, ...]
    gated: bool


@dataclass(frozen=True)
class Plan:
    """``memory``: what each port's model declares; models of one device take turns, so the largest decides."""

    sizes: tuple[tuple[Need, Size, str], ...]
    to_fetch: Size
    free_gb: float
    memory: tuple[tuple[str, float], ...]
    device: str
    device_gb: float
    duties: tuple[Duty, ...]

    @property
    def problems(self) -> tuple[str, ...]:
        """Why the profile cannot work here as it is; empty if it can."""
        found = []
        if self.to_fetch.gb > self.free_gb:
            found.append(
                f"The disk is too small: {self.to_fetch} to fetch, {self.free_gb:.0f} GB free. Set SAKUGA_MODELS to a "
                "folder on a larger one."
            )
        for name, gb in self.memory:
            if self.device.startswith("cuda") and gb > self.device_gb:
                found.append(
                    f"{self.device} has {self.device_gb:.0f} GB, and {name} wants {gb:g}. Use a smaller profile "
                    "(studio-small), an offload in its options, or an engine elsewhere (studio-remote)."
                )
        if not self.device.startswith("cuda") and any(gb for _, gb in self.memory):
            found.append(f"The device is {self.device}; these models want a GPU. Set SAKUGA_DEVICE=cuda.")
        return tuple(found)


def planned(found: Needs, device: str) -> Plan:
    """The plan of a profile on ``device``."""
    sizes = tuple((need, size_of(need, found), state(need.weights)) for need in found.models)
    missing: dict[object, Size] = {
        need.weights.selection: size for need, size, stands in sizes if stands in ("not here", "not pinned")
    }
    total = Size(sum(size.gb for size in missing.values()), all(size.exact for size in missing.values()))
    memory = tuple((f"the {card.port} {card.name}", card.vram_gb) for card in found.cards if card.vram_gb)
    return Plan(sizes, total, free_gb(), memory, device, total_gb(device), duties(found))


def size_of(need: Need, found: Needs) -> Size:
    """The bytes of one model with its parts."""
    entry = found.lock.entry(need.weights) if found.lock and need.weights.hub else None
    if entry is None:
        about = known(need.weights.hub)
        return Size(about.download_gb if about else 0, exact=False)
    parts = [found.lock.entry(part.weights) for part in entry.components.values()] if found.lock else []
    return Size((entry.bytes + sum(part.bytes for part in parts if part)) / 1e9, exact=True)


def duties(found: Needs) -> tuple[Duty, ...]:
    """The licence of every model; the lock's, which the hub stated, before the catalogue's."""
    told = []
    names = {need.weights.hub: need for need in found.models if need.weights.hub}
    parts = {model.hub: model for model in (found.lock.models if found.lock else ())}
    for hub in dict.fromkeys((*names, *parts)):
        about, entry = known(hub), parts.get(hub)
        stated = names[hub].weights.licence if hub in names else ""
        licence = stated or (entry.licence if entry else "") or (about.licence if about else "not known")
        if about and licence.startswith("LicenseRef-"):
            licence = about.licence  # the hub's page says it in words of its own
        told.append(
            Duty(
                hub,
                licence,
                about.commercial if about else "not known",
                about.duties if about else ("Read the licence on the model's page before you use it.",),
                bool((entry and entry.gated) or (about and about.gated)),
            )
        )
    return tuple(told)
