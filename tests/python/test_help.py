"""datasets/export_features.py --help works where neither NumPy nor PyTorch is; what else is asked names what is missing."""

import os
import subprocess
import sys
import unittest

SCRIPT = os.path.join(os.environ["MI_SOURCE"], "datasets", "export_features.py")


class Help(unittest.TestCase):
    def bare(self, *words):
        """The script in a Python without packages: -S leaves site-packages out, -E PYTHONPATH."""
        done = subprocess.run([sys.executable, "-S", "-E", SCRIPT, *words], capture_output=True, text=True, check=False)
        return done.returncode, done.stdout, done.stderr

    def test_help(self):
        code, out, err = self.bare("--help")
        self.assertEqual((code, err), (0, ""))
        self.assertIn("torchvision", out)
        self.assertIn("--projector", out)

    def test_the_rest_needs_them(self):
        code, out, err = self.bare("--list", "net.py:model")
        self.assertEqual((code, out), (69, ""))
        self.assertRegex(
            err, r"^export_features: No module named '\w+'; wanted NumPy, PyTorch and libmi \(.*PYTHONPATH.*\)\n$"
        )
