// A model on this machine that speaks Anthropic's Messages API: it makes the calls it was told to make, one after the other, and then says that it is done.

import http from "node:http";
import type { AddressInfo } from "node:net";

export interface ScriptedCall {
  tool: string;
  /** Asked for when it is this call's turn: a model takes its time, and something may happen meanwhile. */
  input: () => object | Promise<object>;
}

export interface CallResult {
  isError: boolean;
  text: string;
}

export interface ScriptedMessages {
  url: string;
  /** What it was told of its calls, in their order. */
  results: () => readonly CallResult[];
  close: () => Promise<void>;
}

interface Block {
  type: string;
  is_error?: boolean;
  content?: string | readonly { text?: string }[];
}

interface Asked {
  stream?: boolean;
  tools?: readonly { name: string }[];
  messages: readonly { role: string; content: string | readonly Block[] }[];
}

export async function startScriptedMessages(calls: readonly ScriptedCall[]): Promise<ScriptedMessages> {
  let results: CallResult[] = [];
  const server = http.createServer((request, response) => {
    if (request.method !== "POST" || !request.url?.startsWith("/v1/messages?") && request.url !== "/v1/messages") return void response.writeHead(404).end();
    void readJson(request).then(async (asked) => {
      const heard = resultsOf(asked);
      if (heard.length > results.length) results = heard;
      const call = calls[heard.length];
      // Whatever else the program asks a model, such as a title for the session, comes without the tools.
      const isOurs = call !== undefined && asked.tools?.some(({ name }) => name === call.tool) === true;
      const content = isOurs ? { type: "tool_use", id: `toolu_${heard.length}_${process.pid}_${Date.now()}`, name: call.tool, input: await call.input() } : { type: "text", text: "Done." };
      if (asked.stream === true) stream(response, content);
      else response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ ...message(content.type), content: [content] }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    results: () => results,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function readJson(request: http.IncomingMessage): Promise<Asked> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return JSON.parse(Buffer.concat(parts).toString("utf8")) as Asked;
}

const resultsOf = ({ messages }: Asked): CallResult[] => messages.flatMap(({ content }) => (typeof content === "string" ? [] : content)).filter(({ type }) => type === "tool_result")
  .map(({ is_error: isError = false, content = "" }) => ({ isError, text: typeof content === "string" ? content : content.map(({ text = "" }) => text).join("") }));

const message = (kind: string) => ({
  id: `msg_${Date.now()}`, type: "message", role: "assistant", model: "scripted", stop_reason: kind === "tool_use" ? "tool_use" : "end_turn", stop_sequence: null, usage: { input_tokens: 1, output_tokens: 1 },
});

function stream(response: http.ServerResponse, content: { type: string; text?: string; input?: object }): void {
  const { stop_reason: stopReason, ...started } = message(content.type);
  const send = (type: string, more: object) => response.write(`event: ${type}\ndata: ${JSON.stringify({ type, ...more })}\n\n`);
  response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-cache" });
  send("message_start", { message: { ...started, stop_reason: null, content: [] } });
  send("content_block_start", { index: 0, content_block: content.type === "text" ? { type: "text", text: "" } : { ...content, input: {} } });
  send("content_block_delta", { index: 0, delta: content.type === "text" ? { type: "text_delta", text: content.text } : { type: "input_json_delta", partial_json: JSON.stringify(content.input) } });
  send("content_block_stop", { index: 0 });
  send("message_delta", { delta: { stop_reason: stopReason, stop_sequence: null }, usage: { output_tokens: 1 } });
  send("message_stop", {});
  response.end();
}
