// The agent API behind a real HTTP server in this process, as server.ts starts it, and a point's end of the stream.

import http from "node:http";
import type { AddressInfo } from "node:net";
import { agentListener } from "../agent-api/agent-api.ts";
import { startStopPath, type StopPath } from "../agent-api/stop-path.ts";
import type { Bundle } from "../domain/bundle.ts";
import { readSignedBundle } from "../domain/signed-bundle.ts";

export interface StreamEvent {
  event: string;
  id: string | null;
  data: Record<string, unknown>;
}

export interface OpenStream {
  status: number;
  events: StreamEvent[];
  hasEnded: () => boolean;
  /** The bundle that was told last, verified. */
  bundle: () => { jws: string; content: Bundle };
  token: () => string;
  close: () => void;
  /** Stops taking what is sent. */
  pause: () => void;
}

export interface AgentServer {
  url: string;
  path: StopPath;
  call: (method: "GET" | "POST", address: string, token: string, body?: unknown) => Promise<{ status: number; body: Record<string, unknown> }>;
  stream: (agentId: string, point: string, token: string, more?: string) => Promise<OpenStream>;
  stop: () => Promise<void>;
}

export async function startAgentServer(): Promise<AgentServer> {
  const path = await startStopPath();
  // As server.ts has it: after the five seconds of node:http an idle connection was closed under the next request of a busy test.
  const server = http.createServer({ keepAliveTimeout: 65_000 }, agentListener());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const agent = new http.Agent({ keepAlive: true, maxSockets: 2_000 });
  return {
    url, path,
    call: (method, address, token, body) => call(agent, method, url + address, token, body),
    stream: (agentId, point, token, more = "") => openStream(`${url}/v1/stream?agent=${encodeURIComponent(agentId)}&point=${encodeURIComponent(point)}${more}`, token, path),
    stop: async () => {
      await path.close();
      agent.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function call(agent: http.Agent, method: string, url: string, token: string, body: unknown): Promise<{ status: number; body: Record<string, unknown> }> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${token}`, ...(body === undefined ? {} : { "content-type": "application/json" }) };
    const request = http.request(url, { method, agent, headers }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (part: string) => (text += part)).on("error", reject);
      response.on("end", () => resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) as Record<string, unknown> }));
    });
    request.on("error", reject);
    request.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

function openStream(url: string, token: string, { key }: StopPath): Promise<OpenStream> {
  return new Promise((resolve, reject) => {
    const request = http.get(url, { agent: false, headers: { authorization: `Bearer ${token}` } }, (response) => {
      const events: StreamEvent[] = [];
      let [rest, hasEnded] = ["", false];
      response.setEncoding("utf8").on("data", (part: string) => {
        const frames = (rest + part).split("\n\n");
        rest = frames.pop() ?? "";
        events.push(...frames.map(readFrame));
      });
      response.on("close", () => {
        hasEnded = true;
      });
      response.on("error", () => undefined);
      const last = (event: string) => events.findLast((one) => one.event === event)?.data;
      resolve({
        status: response.statusCode ?? 0, events, hasEnded: () => hasEnded,
        token: () => String(last("hello")?.token),
        bundle: () => {
          const jws = String(last("bundle")?.bundle);
          const content = readSignedBundle(jws, new Map([[key.keyId, key.publicKey]]));
          if (!content) throw new Error("no bundle of Holdpoint's was told");
          return { jws, content };
        },
        close: () => request.destroy(), pause: () => response.pause(),
      });
    });
    request.on("error", reject);
  });
}

function readFrame(frame: string): StreamEvent {
  const line = (name: string) => frame.split("\n").find((one) => one.startsWith(`${name}: `))?.slice(name.length + 2) ?? null;
  return { event: line("event") ?? "", id: line("id"), data: JSON.parse(line("data") ?? "{}") as Record<string, unknown> };
}
