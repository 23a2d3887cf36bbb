// An MCP server of both revisions, made with the official package. Writes what it did into the file JOURNAL, a line for each.
// On its pipes, or with PORT over HTTP; then it says the port it took. DESCRIPTION_FILE says what refund_create says of itself.

import fs from "node:fs";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { toNodeHandler } from "@modelcontextprotocol/node";
import { createMcpHandler, inputRequired, McpServer } from "@modelcontextprotocol/server";
import { serveStdio } from "@modelcontextprotocol/server/stdio";
import { z } from "zod";

const note = (line: unknown) => fs.appendFileSync(process.env.JOURNAL ?? "/dev/null", `${JSON.stringify(line)}\n`);
const described = () => (process.env.DESCRIPTION_FILE && fs.existsSync(process.env.DESCRIPTION_FILE) ? fs.readFileSync(process.env.DESCRIPTION_FILE, "utf8") : "Pays back.");
const said = (text: string) => ({ content: [{ type: "text" as const, text }] });

function make(): McpServer {
  const server = new McpServer({ name: "payments", version: "3.1.0" }, { capabilities: { tools: {} } });
  server.registerTool("order_get", { description: "Reads an order.", inputSchema: z.looseObject({ order: z.string().optional() }), annotations: { readOnlyHint: true } }, async (input) => {
    note({ tool: "order_get", input });
    return said(`order of ${JSON.stringify(input).length} characters`);
  });
  server.registerTool("refund_create", { description: described(), inputSchema: z.looseObject({ amount: z.number() }) }, async (input, context) => {
    note({ tool: "refund_create", input });
    if (input.hangs === true) {
      await new Promise<void>((resolve) => context.mcpReq.signal.addEventListener("abort", () => resolve(), { once: true }));
      note({ cancelled: "refund_create" });
    }
    if (input.asks === true && context.mcpReq.inputResponses === undefined) {
      return inputRequired({ inputRequests: { sure: inputRequired.elicit({ message: "Sure?", requestedSchema: z.object({ sure: z.boolean() }) }) } });
    }
    return said(`refunded ${input.amount}`);
  });
  server.registerTool("ledger_drop", { description: "Not for agents.", inputSchema: z.looseObject({}) }, async () => {
    note({ tool: "ledger_drop" });
    return said("gone");
  });
  return server;
}

const port = process.env.PORT;
note({ holdpointNames: Object.keys(process.env).filter((name) => name.startsWith("HOLDPOINT_") && name !== "HOLDPOINT_LOG_LEVEL") });
if (port === undefined) serveStdio(make);
else {
  const handle = toNodeHandler(createMcpHandler(make));
  // The package's type of a request leaves no room for members that are undefined, as those of node:http are.
  const server = http.createServer((request, response) => void handle(request as Parameters<typeof handle>[0], response));
  server.listen(Number(port), "127.0.0.1", () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`));
}
