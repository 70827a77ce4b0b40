"""One thread for each call of torch on the processor, whatever this computer has and whatever ran before.

Two threads add numbers in another order than one, and their sums differ in the last bit; after some steps of diffusion
this can be seen. The number of threads belongs to no recipe, so it must be the same everywhere. Other cores are used by
pieces that are made side by side. On two busy cores two threads were 7 to 25 times slower: they wait for each other.
"""

THREADS = 1


def one_thread() -> None:
    """Let torch use one thread in calls from the current thread, and in threads that are begun later.

    torch keeps this number for each thread: call it before computing, not only when weights are loaded.
    """
    import torch

    if torch.get_num_threads() != THREADS:
        torch.set_num_threads(THREADS)
