"""Run a file of unittest cases and report each in the Test Anything Protocol: tap.py FILE [CASE ...]."""

import importlib.util
import os
import sys
import traceback
import unittest


class Result(unittest.TestResult):
    """A line a test; what failed goes to standard error."""

    def __init__(self):
        super().__init__()
        self.done = 0

    def say(self, test, verdict="ok", after=""):
        self.done += 1
        name = test.id().split(".", 1)[-1].replace("#", "")
        print(f"{verdict} {self.done} - {name}{after}", flush=True)

    def say_why(self, test, error):
        self.say(test, "not ok")
        traceback.print_exception(*error)

    def addSuccess(self, test):
        self.say(test)

    def addError(self, test, error):
        super().addError(test, error)
        self.say_why(test, error)

    def addFailure(self, test, error):
        super().addFailure(test, error)
        self.say_why(test, error)

    def addSubTest(self, test, subtest, error):
        if error:
            super().addSubTest(test, subtest, error)
            self.say_why(subtest, error)

    def addSkip(self, test, reason):
        self.say(test, after=f" # SKIP {reason}")


def main(path, *names):
    spec = importlib.util.spec_from_file_location(os.path.basename(path).removesuffix(".py"), path)
    module = sys.modules[spec.name] = importlib.util.module_from_spec(spec)
    sys.path.insert(0, os.path.dirname(path))
    try:
        spec.loader.exec_module(module)
    except unittest.SkipTest as reason:
        print(f"1..0 # SKIP {reason}")
        return 0
    loader = unittest.defaultTestLoader
    suite = loader.loadTestsFromNames(names, module) if names else loader.loadTestsFromModule(module)
    print(f"1..{suite.countTestCases()}", flush=True)
    result = Result()
    suite.run(result)
    return not result.wasSuccessful()


sys.exit(main(*sys.argv[1:]))
