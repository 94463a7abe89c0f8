"""Run the web chat: bring the index up to date with `corpus/`, then serve; a Hugging Face Space does too."""

import sys
from pathlib import Path

# A Space installs requirements.txt and not this package.
sys.path.insert(0, str(Path(__file__).parent / "src"))

from citewell.cli.commands import fail
from citewell.cli.opening import open_assistant
from citewell.errors import CitewellError
from citewell.settings import settings
from citewell.web import server
from citewell.web.access import read_access

if __name__ == "__main__":
    try:
        chosen = settings()
        server.serve(lambda: open_assistant(chosen), read_access(chosen))
    except CitewellError as error:
        fail(str(error))
    except KeyboardInterrupt:
        fail("stopped")
