// A peer: the official TypeScript SDK as its documentation shows it, with one echo tool, stateless,
// JSON answers. It knows no keys, roles, limits or records.
import { createServer } from "node:http";
import { McpServer, createMcpHandler } from "@modelcontextprotocol/server";
import { toNodeHandler } from "@modelcontextprotocol/node";
import * as z from "zod";

function build() {
  const server = new McpServer({ name: "echo", version: "1.0.0" });
  server.registerTool(
    "echo",
    { description: "Returns the given text.", inputSchema: z.object({ text: z.string() }) },
    async ({ text }) => ({ content: [{ type: "text", text }] }),
  );
  return server;
}

const handler = toNodeHandler(createMcpHandler(build, { responseMode: "json" }));
const http = createServer((request, response) => handler(request, response));
http.on("connection", (socket) => socket.setNoDelay(true));
http.listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${http.address().port}`));
