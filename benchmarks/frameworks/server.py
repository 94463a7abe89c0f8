"""Serve a language model on 127.0.0.1 until the input ends: `python -m benchmarks.frameworks.server MODEL`.

Prints the address. The key that it asks for stands in PEERS_KEY, the size of the context in PEERS_CONTEXT.
"""

import os
import sys

import xllamacpp

from citewell.generation.generators.llama_cpp import usable_processors


def main() -> None:
    """Serve."""
    params = xllamacpp.CommonParams()
    params.model.path = sys.argv[1]
    # Two prompts are remembered, so that a short request does not push out the articles that were read.
    params.n_parallel, params.kv_unified = 2, True
    params.n_ctx = int(os.environ["PEERS_CONTEXT"])
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = usable_processors()
    params.verbosity = -1
    params.hostnames, params.api_keys = ["127.0.0.1"], [os.environ["PEERS_KEY"]]
    params.offline = True
    server = xllamacpp.Server(params)
    sys.stdout.write(f"{server.listening_address}\n")
    sys.stdout.flush()
    sys.stdin.read()


if __name__ == "__main__":
    main()
