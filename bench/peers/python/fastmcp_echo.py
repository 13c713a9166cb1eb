"""A peer: FastMCP as its documentation shows it, with one echo tool, stateless, JSON answers.

It knows no keys, roles, limits or records.
"""

import logging
import socket

import uvicorn
from fastmcp import FastMCP

server = FastMCP("echo")


@server.tool
def echo(text: str) -> str:
    """Returns the given text."""
    return text


listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
listener.bind(("127.0.0.1", 0))
listener.listen(2048)
print("http://127.0.0.1:%d" % listener.getsockname()[1], flush=True)
logging.disable(logging.INFO)
app = server.http_app(path="/mcp", stateless_http=True, json_response=True)
uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False)).run(sockets=[listener])
