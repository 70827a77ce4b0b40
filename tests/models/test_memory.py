"""Memory is given back when a stage is done, or when another model on the same device needs the room."""

import pytest

from assets.errors import InputRefused, SetupMissing
from models.card import Card
from models.lease import Leased, concurrent, lease
from models.memory import DeviceMemory, is_out_of_memory, measured_free_gb, required_device
from models.ports import Animator, Painter


class Loads:
    """Adapters of declared sizes, and the order in which they were loaded and unloaded."""

    def __init__(self):
        self.told = []

    def adapter(self, name: str, size: float) -> type:
        told = self.told

        class Sized:
            card = Card(
                name=name,
                port="painter",
                adapter_version=1,
                summary="sized",
                licence="Apache-2.0",
                vram_gb=size,
            )

            @classmethod
            def load(cls, device: str):
                told.append(f"load {name}")
                return cls()

            def unload(self) -> None:
                told.append(f"unload {name}")

        return Sized


def on_a_card(size_gb: float, **sizes: float) -> tuple[Loads, DeviceMemory, dict[str, Leased]]:
    """Leases on one device of ``size_gb``, by name."""
    loads = Loads()
    memory = DeviceMemory("cuda:0", lambda: size_gb - memory.held_gb)
    leases = {
        name: Leased(loads.adapter(name, size), "cuda:0", memory=memory) for name, size in sizes.items()
    }
    return loads, memory, leases


def test_models_that_fit_together_stay_loaded():
    loads, memory, leases = on_a_card(24, painter=10, animator=12)

    for name in ("painter", "animator", "painter"):
        _ = leases[name].model

    assert loads.told == ["load painter", "load animator"]
    assert memory.peak_gb == 22


def test_the_least_recently_used_model_makes_room_and_no_other():
    loads, memory, leases = on_a_card(20, painter=8, judge=4, animator=12)

    for name in ("judge", "painter", "judge", "animator"):
        _ = leases[name].model

    assert loads.told == ["load judge", "load painter", "unload painter", "load animator"]
    assert memory.peak_gb == 16
    assert leases["judge"].loads == 1


def test_a_model_that_was_released_is_loaded_again_when_it_is_used_again():
    _, memory, leases = on_a_card(24, painter=8)

    _ = leases["painter"].model
    leases["painter"].release()
    held = memory.held_gb
    _ = leases["painter"].model

    assert (held, memory.held_gb, leases["painter"].loads) == (0, 8, 2)


def test_a_model_that_is_larger_than_the_device_gets_all_of_it_and_is_tried():
    loads, _, leases = on_a_card(24, painter=8, animator=40)

    for name in ("painter", "animator"):
        _ = leases[name].model

    assert loads.told == ["load painter", "unload painter", "load animator"]


def test_models_on_two_devices_do_not_displace_each_other():
    loads, _, first = on_a_card(8, painter=8)
    others, _, second = on_a_card(8, animator=8)

    _ = first["painter"].model, second["animator"].model

    assert loads.told + others.told == ["load painter", "load animator"]


def test_models_without_a_declared_size_displace_nobody():
    loads, _, leases = on_a_card(8, painter=8, judge=0)

    for name in ("painter", "judge"):
        _ = leases[name].model

    assert loads.told == ["load painter", "load judge"]


@pytest.mark.parametrize("size", [0, 3])
def test_a_model_that_may_be_displaced_is_not_called_side_by_side_with_another(size):
    """With several lanes the call of one lane could give back the model that another lane was using."""
    with lease(Animator, "toy") as animator, lease(Painter, "toy", options={"vram_gb": size}) as painter:
        assert concurrent(animator, None, painter) is (size == 0)


def test_free_memory_of_this_computer_is_measured():
    assert 0 < measured_free_gb("cpu") < 100_000


@pytest.mark.parametrize(
    ("error", "is_one"),
    [
        (MemoryError(), True),
        (type("OutOfMemoryError", (RuntimeError,), {})("CUDA out of memory."), True),
        (RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: out of memory"), True),
        (RuntimeError("mat1 and mat2 shapes cannot be multiplied"), False),
        (ValueError("out of memory"), False),
    ],
)
def test_out_of_memory_is_told_from_other_failures(error, is_one):
    assert is_out_of_memory(error) is is_one


@pytest.mark.parametrize("device", ["gpu", "cuda0", "cuda:", "CUDA", ""])
def test_what_is_no_device_is_refused_with_those_there_are(device):
    with pytest.raises(InputRefused, match="Write cpu, cuda, cuda:1 or mps"):
        required_device(device)


def test_a_device_this_computer_has_not_is_missing():
    with pytest.raises(SetupMissing, match=r"cuda:99 was asked for .*sakuga doctor"):
        required_device("cuda:99")


def test_the_processor_is_always_there():
    required_device("cpu")
