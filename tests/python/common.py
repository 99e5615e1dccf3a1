"""What the Python tests share: features, the tools, and a directory of a test's own."""

import csv
import io
import os
import subprocess
import sys
import tempfile
import unittest

try:
    import numpy as np
except ImportError as error:
    raise unittest.SkipTest(f"NumPy is missing: {error}")

TOOLS = os.environ["MI_TOOLS"]
SOURCE = os.environ["MI_SOURCE"]


def needs(module):
    """The module, or the tests of this file are skipped."""
    try:
        return __import__(module)
    except ImportError:
        raise unittest.SkipTest(f"{module} is missing") from None


def features(n=200, d1=12, d2=5, kind="f4", seed=1):
    """Two views, stacked, of n / 2 instances of 4 classes: z1, z2, r, y."""
    rng = np.random.default_rng(seed)
    r = np.tile(np.arange(n // 2), 2)
    y = r % 4
    z1 = (rng.normal(size=(4, d1))[y] + rng.normal(size=(n // 2, d1))[r] + 0.3 * rng.normal(size=(n, d1))).astype(kind)
    z2 = np.tanh(z1 @ rng.normal(size=(d1, d2))).astype(kind)
    return z1, z2, r, y


def tool(*words, stdin=None):
    """Standard output of a mi-* tool."""
    done = subprocess.run(
        [os.path.join(TOOLS, words[0]), *words[1:]], input=stdin, capture_output=True, text=True, check=True
    )
    return done.stdout


def rows(text):
    """The rows of a table by column."""
    return list(csv.DictReader(io.StringIO(text), delimiter="\t"))


def python(code, *arguments, **environment):
    """Run a program of its own; its standard output."""
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=240,
    )
    if done.returncode:
        raise AssertionError(f"exit {done.returncode}: {done.stderr}")
    return done.stdout


class Case(unittest.TestCase):
    """A test in a directory of its own."""

    def setUp(self):
        at = tempfile.TemporaryDirectory()
        self.addCleanup(at.cleanup)
        self.addCleanup(os.chdir, os.getcwd())
        os.chdir(at.name)

    def says(self, text, function, *arguments, error=None, **options):
        """The call raises a libmi.Error (of a kind) with just this text."""
        import libmi

        with self.assertRaises(error or libmi.Error) as caught:
            function(*arguments, **options)
        self.assertEqual(str(caught.exception), text)
