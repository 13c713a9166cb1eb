"""Visits a server over HTTP+SSE (MCP 2024-11-05): python older.py URL, the key in KEY."""

import asyncio
import json
import os
import sys

from mcp import ClientSession
from mcp.client.sse import sse_client


async def main(url):
    headers = {"Authorization": f"Bearer {os.environ['KEY']}"}
    async with sse_client(url, headers=headers) as (read, write):
        async with ClientSession(read, write) as session:
            hello = await session.initialize()
            tools = await session.list_tools()
            found = await session.call_tool("knowledge_get_namespaces", {})
            content = found.content[0].text
            saw = {
                "server": getattr(hello, "server_info", None).name,
                "tools": [tool.name for tool in tools.tools],
                "namespaces": json.loads(content),
            }
    print(json.dumps(saw))


asyncio.run(main(sys.argv[1]))
