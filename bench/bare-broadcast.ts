// The least that tells many of something and hears back from them: event streams on node:http, and an answer to whoever confirms. Prints its port.

import http from "node:http";
import type { AddressInfo } from "node:net";

const ANSWER = Buffer.from('{"leaseMs":10000,"isBehind":false}');
const streams = new Map<string, http.ServerResponse[]>();

function read(request: http.IncomingMessage, then: (text: string) => void): void {
  let text = "";
  request.on("data", (part: Buffer) => (text += part.toString("latin1")));
  request.on("end", () => then(text));
}

const server = http.createServer((request, response) => {
  const url = new URL(request.url ?? "/", "http://bare");
  if (url.pathname === "/v1/stream") {
    const agent = url.searchParams.get("agent") ?? "";
    streams.set(agent, [...(streams.get(agent) ?? []), response]);
    return void response.writeHead(200, { "content-type": "text/event-stream" }).flushHeaders();
  }
  read(request, (text) => {
    if (url.pathname === "/v1/points/confirm") return response.writeHead(200, { "content-type": "application/json", "content-length": ANSWER.length }).end(ANSWER);
    // The bundles by agent; answered with the moment at which the first byte was written.
    const frames = Object.entries(JSON.parse(text) as Record<string, string>).map(([agent, bundle]) => [agent, Buffer.from(`event: bundle\ndata: ${JSON.stringify({ sequence: 1, bundle })}\n\n`)] as const);
    const atMs = performance.timeOrigin + performance.now();
    for (const [agent, frame] of frames) for (const stream of streams.get(agent) ?? []) stream.write(frame);
    return response.end(JSON.stringify({ atMs }));
  });
});
server.listen(0, "127.0.0.1", () => process.stdout.write(String((server.address() as AddressInfo).port)));
