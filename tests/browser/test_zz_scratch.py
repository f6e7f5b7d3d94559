import os, json, time, sys
import pytest
from tests.browser import test_access as A
from tests.browser.conftest import *
from tests.browser import world
from axe_playwright_python.sync_playwright import Axe
pytestmark=pytest.mark.browser
@pytest.mark.timeout(600)
def test_scratch(visitor):
    open_named, violations = A.open_named, A.violations
    from pathlib import Path; code = Path("/tmp/scratch.py").read_text()
    exec(compile(code, "/tmp/scratch.py", "exec"), {**globals(), **locals()})
