"""A small Azure OpenAI on localhost: files, fine-tuning, deployments, quota, metrics, faults.

`serve(data)` starts one; every client of the real service works against it unchanged.
"""

from reconciler.emulator.server import Server, run_until_interrupted, serve

__all__ = ["Server", "run_until_interrupted", "serve"]
