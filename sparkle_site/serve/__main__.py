"""`python -m sparkle_site.serve`: see the package."""

import sys

from sparkle_site.serve import options
from sparkle_site.serve.launcher import Launcher

if __name__ == "__main__":
    raise SystemExit(Launcher(options.read(sys.argv[1:])).run())
