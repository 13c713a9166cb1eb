"""Plays the scenario with the Python SDK and prints, as one line of JSON, what came of each step.

    python scenario.py WAY

The way is JSON: `transport` (http, sse, stdio), `revision`, `url` and `key` or `command`, and the
`steps` of `scenario.json`. Nothing is judged here: the test that started it does
(`tests/it/matrix`). A step that the SDK cannot do has no outcome.
"""

import asyncio
import json
import os
import sys
import warnings
from typing import Any, Literal

import anyio
from mcp import Client, StdioServerParameters, types
from mcp.client import session as sessions
from mcp.client.extension import ClientExtension, ResultClaim
from mcp.client.sse import sse_client
from mcp.client.streamable_http import streamable_http_client
from mcp.shared._httpx_utils import create_mcp_http_client

MODERN = "2026-07-28"
WAY = json.loads(sys.argv[1])
STEPS = {step["step"]: step for step in WAY["steps"]}
told: asyncio.Queue = asyncio.Queue()


class Task(types.Result):
    """A call that goes on: the answer comes by `tasks/get`."""

    result_type: Literal["task"] = "task"
    task_id: str


class TaskState(types.Result):
    """What `tasks/get` says."""

    status: str
    result: dict[str, Any] | None = None


class GetTask(types.Request[dict[str, Any], Literal["tasks/get"]]):
    """`tasks/get`."""

    method: Literal["tasks/get"] = "tasks/get"
    params: dict[str, Any]
    name_param = "taskId"


class Tasks(ClientExtension):
    """As much of the Tasks extension as a client needs."""

    identifier = "io.modelcontextprotocol/tasks"

    def claims(self):
        return [ResultClaim(result_type="task", model=Task, resolve=self.resolve)]

    async def resolve(self, task, context) -> types.CallToolResult:
        while True:
            request = GetTask(params={"taskId": task.task_id})
            state = await context.session.send_request(request, TaskState)
            if state.status != "working":
                return types.CallToolResult.model_validate(state.result)
            await anyio.sleep(0.05)


def transport():
    headers = {"Authorization": f"Bearer {WAY.get('key')}"}
    match WAY["transport"]:
        case "http":
            return streamable_http_client(WAY["url"], http_client=create_mcp_http_client(headers))
        case "sse":
            return sse_client(WAY["url"], headers=headers)
    command, *arguments = WAY["command"]
    return StdioServerParameters(command=command, args=arguments, env=dict(os.environ))


def text(result) -> str:
    blocks = result.content if hasattr(result, "content") else result.contents
    return "".join(block.text for block in blocks)


async def lists(client: Client, step: dict):
    tools = [tool.name for tool in (await client.list_tools()).tools]
    cursor, resources = "", 0
    while cursor is not None:
        page = await client.list_resources(cursor=cursor or None)
        uris = [str(resource.uri) for resource in page.resources]
        resources += sum(uri.startswith("numbered://") for uri in uris)
        cursor = page.next_cursor
    tools = [name for name in step["expect"]["tools"] if name in tools]
    return {"tools": tools, "resources": resources}


async def progress(client: Client, step: dict):
    heard = []

    async def hear(done, total, message):
        heard.append([int(done), int(total), message])

    await client.call_tool(step["tool"], step["arguments"], progress_callback=hear)
    return heard


async def cancel(client: Client, step: dict):
    async def hear(*_):
        scope.cancel()

    with anyio.CancelScope() as scope:
        await client.call_tool(step["tool"], step["arguments"], progress_callback=hear)
    return "cancelled" if scope.cancelled_caught else "answered"


async def call(client: Client, step: dict):
    return text(await client.call_tool(step["tool"], step["arguments"]))


async def answer(_context, params):
    assert params.message == STEPS["ask"]["arguments"]["message"]
    return types.ElicitResult(action="accept", content=STEPS["ask"]["answer"])


async def listen(client: Client, step: dict):
    """The stream of a session opens in its own time, so that the change is made until it is told."""

    async def changes():
        while True:
            await client.call_tool(step["tool"], {})
            await anyio.sleep(0.2)

    async def first(tasks):
        if WAY["revision"] == MODERN:
            async with client.listen(resource_subscriptions=[step["uri"]]) as subscription:
                tasks.start_soon(changes)
                async for event in subscription:
                    return event.uri
        await client.subscribe_resource(step["uri"])
        tasks.start_soon(changes)
        return await told.get()

    async with anyio.create_task_group() as tasks:
        uri = await first(tasks)
        tasks.cancel_scope.cancel()
    return uri


async def hear(message):
    if isinstance(message, types.ResourceUpdatedNotification):
        told.put_nowait(message.params.uri)


async def read(client: Client, step: dict):
    return text(await client.read_resource(step["uri"]))


async def prompt(client: Client, step: dict):
    result = await client.get_prompt(step["prompt"], step["arguments"])
    return "".join(message.content.text for message in result.messages)


async def complete(client: Client, step: dict):
    reference = types.PromptReference(name=step["prompt"])
    return (await client.complete(reference, step["argument"])).completion.values


DOES = {
    "lists": lists,
    "call": call,
    "progress": progress,
    "cancel": cancel,
    "ask": call,
    "listen": listen,
    "read": read,
    "prompt": prompt,
    "complete": complete,
    "task": call,
}


async def main() -> None:
    revision = WAY["revision"]
    mode = MODERN if revision == MODERN else "legacy"
    # The SDK greets with the newest revision of sessions; here with the one to be played.
    sessions.LATEST_HANDSHAKE_VERSION = revision
    client = Client(
        transport(),
        mode="auto" if mode == MODERN else mode,
        read_timeout_seconds=60,
        elicitation_callback=answer,
        message_handler=hear,
        extensions=[Tasks()],
    )
    async with client:
        outcomes = {"revision": client.protocol_version}
        for name, step in STEPS.items():
            outcomes[name] = await DOES[name](client, step)
    print(json.dumps(outcomes))


warnings.simplefilter("ignore")
asyncio.run(main())
