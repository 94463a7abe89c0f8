"""Name the addresses that other programs call, beside those of Gradio.

A key or value may join what an address takes and gives. What goes, or means something else, makes a new
version beside the old one.
"""

import re

from citewell.web.inputs import ENDPOINTS

# The version of the interface: the first number stands in every address.
VERSION = "1.0"
ROOT = f"/v{VERSION.partition('.')[0]}/"
# The description of the interface, for programs and, at the root, for people.
OPENAPI = f"{ROOT}openapi.json"
COMPLETIONS = f"{ROOT}chat/completions"
# The address of each call.
CALLS = {name: f"{ROOT}{name}" for name in ENDPOINTS}
# The Model Context Protocol, where Gradio has it too.
TOOLS = ("/gradio_api/mcp", "/gradio_api/mcp/", "/gradio_api/mcp/http", "/gradio_api/mcp/http/")

PUBLIC = re.compile("|".join(map(re.escape, (ROOT, OPENAPI, COMPLETIONS, *CALLS.values()))))
