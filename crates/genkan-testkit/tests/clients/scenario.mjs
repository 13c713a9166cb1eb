// Plays the scenario with the TypeScript SDK and prints, as one line of JSON, what came of each step.
//
//     node scenario.mjs WAY
//
// The way is JSON: `transport` (http, sse, stdio), `revision`, `url` and `key` or `command`, and the
// `steps` of `scenario.json`. The SDK is found through GENKAN_TEST_TS_SDK, a folder `node_modules`.
// Nothing is judged here: the test that started it does (`tests/it/matrix`). A step that the SDK
// cannot do has no outcome.

import path from 'node:path';
import { pathToFileURL } from 'node:url';

const sdk = path.join(process.env.GENKAN_TEST_TS_SDK, '@modelcontextprotocol/client/dist');
const load = (file) => import(pathToFileURL(path.join(sdk, file)));
const { Client, SSEClientTransport, StreamableHTTPClientTransport } = await load('index.mjs');
const { StdioClientTransport } = await load('stdio.mjs');

const MODERN = '2026-07-28';
const way = JSON.parse(process.argv[2]);
const steps = Object.fromEntries(way.steps.map((step) => [step.step, step]));
const isModern = way.revision === MODERN;

function transport() {
  const authProvider = { token: async () => way.key };
  if (way.transport === 'http') {
    return new StreamableHTTPClientTransport(new URL(way.url), { authProvider });
  }
  if (way.transport === 'sse') return new SSEClientTransport(new URL(way.url), { authProvider });
  const [command, ...args] = way.command;
  return new StdioClientTransport({ command, args, env: process.env });
}

const client = new Client(
  { name: 'scenario', version: '1.0.0' },
  {
    capabilities: { elicitation: {} },
    versionNegotiation: { mode: isModern ? 'auto' : 'legacy' },
    ...(isModern ? {} : { supportedProtocolVersions: [way.revision] }),
  },
);

client.setRequestHandler('elicitation/create', async () => ({
  action: 'accept',
  content: steps.ask.answer,
}));

const text = (blocks) => blocks.map((block) => block.text).join('');

async function call(step) {
  return text((await client.callTool({ name: step.tool, arguments: step.arguments })).content);
}

const does = {
  async lists(step) {
    const { tools } = await client.listTools();
    const names = tools.map((tool) => tool.name);
    // It follows the pages by itself.
    const { resources } = await client.listResources();
    const numbered = resources.filter(({ uri }) => uri.startsWith('numbered://'));
    return {
      tools: step.expect.tools.filter((name) => names.includes(name)),
      resources: numbered.length,
    };
  },

  call,

  async progress(step) {
    const heard = [];
    const onprogress = ({ progress, total, message }) => heard.push([progress, total, message]);
    await client.callTool({ name: step.tool, arguments: step.arguments }, { onprogress });
    return heard;
  },

  async cancel(step) {
    const abort = new AbortController();
    const options = { onprogress: () => abort.abort(), signal: abort.signal };
    const called = client.callTool({ name: step.tool, arguments: step.arguments }, options);
    return called.then(
      () => 'answered',
      (error) => (abort.signal.aborted ? 'cancelled' : String(error)),
    );
  },

  /** The handler above answers for the user. */
  ask: call,

  /** The stream of a session opens in its own time, so that the change is made until it is told. */
  async listen(step) {
    let hear;
    const told = new Promise((resolve) => (hear = resolve));
    client.setNotificationHandler('notifications/resources/updated', ({ params }) => hear(params.uri));
    const subscription = isModern
      ? await client.listen({ resourceSubscriptions: [step.uri] })
      : await client.subscribeResource({ uri: step.uri });
    let uri;
    while (uri === undefined) {
      await client.callTool({ name: step.tool, arguments: {} });
      uri = await Promise.race([told, new Promise((resolve) => setTimeout(resolve, 200))]);
    }
    if (isModern) await subscription.close();
    return uri;
  },

  async read(step) {
    return text((await client.readResource({ uri: step.uri })).contents);
  },

  async prompt(step) {
    const result = await client.getPrompt({ name: step.prompt, arguments: step.arguments });
    return text(result.messages.map((message) => message.content));
  },

  async complete(step) {
    const ref = { type: 'ref/prompt', name: step.prompt };
    return (await client.complete({ ref, argument: step.argument })).completion.values;
  },
};

await client.connect(transport());
const outcomes = { revision: client.getNegotiatedProtocolVersion() };
for (const step of way.steps) {
  if (does[step.step]) outcomes[step.step] = await does[step.step](step);
}
console.log(JSON.stringify(outcomes));
await client.close();
