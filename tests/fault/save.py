"""What the sweeps of faults and signals do to libmi.save: one more set in run.h5. Faults are counted from where it sets a timer, as the tools do."""

import signal
import sys

try:
    import numpy as np

    import libmi
except ImportError:
    sys.exit(77)

z1 = np.sin(np.arange(96.0)).reshape(24, 4)
signal.setitimer(signal.ITIMER_PROF, 0)
try:
    libmi.save("run.h5", "epoch_77", z1=z1, z2=z1[:, :2], r=np.arange(24) // 2, y=np.arange(24) % 3, epoch=77)
except Exception as error:
    print(f"python3: {error}", file=sys.stderr)
    sys.exit(74)
