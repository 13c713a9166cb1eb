// Takes the tour with the TypeScript SDK and prints, as one line of JSON, what it saw.
//
//     node tour.mjs NAMESPACE modern|legacy URL             with the key in KEY
//     node tour.mjs NAMESPACE modern|legacy COMMAND ARG...  over standard input and output
//
// The SDK is found through GENKAN_TEST_TS_SDK, a folder `node_modules`. The script judges nothing:
// the test that started it does (`tests/it/clients.rs`).

import path from 'node:path';
import { pathToFileURL } from 'node:url';

const sdk = path.join(process.env.GENKAN_TEST_TS_SDK, '@modelcontextprotocol/client/dist');
const load = (file) => import(pathToFileURL(path.join(sdk, file)));
const { Client, StreamableHTTPClientTransport } = await load('index.mjs');
const { StdioClientTransport } = await load('stdio.mjs');

const [namespace, era, ...target] = process.argv.slice(2);

function transport() {
  if (target[0].startsWith('http://')) {
    const token = async () => process.env.KEY;
    return new StreamableHTTPClientTransport(new URL(target[0]), { authProvider: { token } });
  }
  return new StdioClientTransport({ command: target[0], args: target.slice(1), env: process.env });
}

const client = new Client(
  { name: 'tour', version: '1.0.0' },
  { versionNegotiation: { mode: era === 'modern' ? 'auto' : 'legacy' } },
);
await client.connect(transport());

const text = (result) => result.content.map((block) => block.text).join('');

async function call(tool, args) {
  const result = await client.callTool({ name: `knowledge_${tool}`, arguments: args });
  if (result.isError) throw new Error(text(result));
  return result.structuredContent;
}

const tools = (await client.listTools()).tools.map((tool) => tool.name);
const scope = `${namespace}:shop`;
const team = { name: namespace, description: 'What our team knows' };
const created = await call('create_namespace', team);
await call('create_scope', { scope, description: 'The web shop' });
const written = await call('write_knowledge', {
  scope,
  context: 'deploy release rollback',
  content: 'Releases of the shop go out on Tuesdays.',
});
const queries = ['releasing the shop', 'undo deployment'];
const found = await call('get_task_context', { scope, queries });
const refused = await client.callTool({ name: 'knowledge_create_namespace', arguments: team });

console.log(
  JSON.stringify({
    revision: client.getNegotiatedProtocolVersion(),
    tools,
    created,
    written,
    found,
    refused: { is_error: refused.isError, text: text(refused) },
  }),
);
await client.close();
