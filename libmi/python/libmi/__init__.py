"""libmi: the information that encoder, projector, target and labels of a model share.

    import libmi
    libmi.information("z1:z2|y", z1=h, z2=z, y=labels)      # nats
    b = libmi.bounds(h, z, r=ids, y=labels)                 # every quantity of the paper, with standard errors
    b.lower, b.upper, b.se["lower"], b.validate()
    libmi.save("run.h5", "epoch_010", z1=h, z2=z, r=ids, y=labels, epoch=10, accuracy=0.71)
    libmi.read("bounds.tsv")                                # any table of the mi-* tools

z1 (n,d1) are encoder features, z2 (n,d2) projector features, r (n) instance ids that the views of an image share (or a
real-valued target (n,dr)), y (n) labels. Features are NumPy arrays or CPU tensors of float32 or float64; they are
read where they lie, without a copy. Estimates may run in several threads. A fork waits until none is under way, and its
child takes one thread; under an OpenBLAS of OpenMP threads from 0.3.29 on (not Debian's default) estimates of dense
matrices hang in such a child: start processes by spawn there. Entropies are matrix-based Renyi entropies, in nats. For PyTorch: libmi.torch.
"""

from ._door import DataError, Error, FileError, InternalError, MemoryLimitError, UsageError, version
from ._estimate import Bounds, Estimate, bounds, entropy, information
from ._features import save
from ._table import Check, Table, Validation, read

__version__ = version()
__all__ = [
    "Bounds",
    "Check",
    "DataError",
    "Error",
    "Estimate",
    "FileError",
    "InternalError",
    "MemoryLimitError",
    "Table",
    "UsageError",
    "Validation",
    "bounds",
    "entropy",
    "information",
    "read",
    "save",
]


def __getattr__(name: str) -> object:
    """libmi.torch is loaded when it is used, so that nobody else needs PyTorch."""
    if name == "torch":
        import importlib

        return importlib.import_module("libmi.torch")
    raise AttributeError(f"module 'libmi' has no attribute '{name}'")
