"""Takes the tour with the Python SDK and prints, as one line of JSON, what it saw.

    python tour.py NAMESPACE modern|legacy URL             with the key in KEY
    python tour.py NAMESPACE modern|legacy COMMAND ARG...  over standard input and output

It judges nothing: the test that started it does (`tests/it/clients.rs`).
"""

import asyncio
import json
import os
import sys

from mcp import Client, StdioServerParameters
from mcp.client.streamable_http import streamable_http_client
from mcp.shared._httpx_utils import create_mcp_http_client


def transport(target: list[str]):
    """HTTP with a key for an address, else a server of our own."""
    if target[0].startswith("http://"):
        headers = {"Authorization": f"Bearer {os.environ['KEY']}"}
        return streamable_http_client(target[0], http_client=create_mcp_http_client(headers))
    return StdioServerParameters(command=target[0], args=target[1:], env=dict(os.environ))


def text(result) -> str:
    return "".join(block.text for block in result.content)


async def tour(client: Client, namespace: str) -> dict:
    async def call(tool: str, **arguments) -> dict:
        result = await client.call_tool(f"knowledge_{tool}", arguments)
        assert not result.is_error, text(result)
        return result.structured_content

    tools = [tool.name for tool in (await client.list_tools()).tools]
    description = "What our team knows"
    created = await call("create_namespace", name=namespace, description=description)
    scope = f"{namespace}:shop"
    await call("create_scope", scope=scope, description="The web shop")
    written = await call(
        "write_knowledge",
        scope=scope,
        context="deploy release rollback",
        content="Releases of the shop go out on Tuesdays.",
    )
    found = await call("get_task_context", scope=scope, queries=["releasing the shop", "undo deployment"])
    again = {"name": namespace, "description": description}
    refused = await client.call_tool("knowledge_create_namespace", again)
    return {
        "revision": client.protocol_version,
        "tools": tools,
        "created": created,
        "written": written,
        "found": found,
        "refused": {"is_error": refused.is_error, "text": text(refused)},
    }


async def main() -> None:
    namespace, era, *target = sys.argv[1:]
    mode = {"modern": "auto", "legacy": "legacy"}[era]
    async with Client(transport(target), mode=mode, read_timeout_seconds=30) as client:
        print(json.dumps(await tour(client, namespace)))


asyncio.run(main())
