// `holdpoint mcp -- <server command>`: stands between a client and the server that it starts, on their pipes.

import { spawn, type ChildProcess } from "node:child_process";
import { randomUUID } from "node:crypto";
import type { Readable, Writable } from "node:stream";
import { Gateway, type GatewayOptions } from "./gateway.ts";
import { JsonLines } from "./json-lines.ts";
import { StdioSession } from "./stdio-session.ts";

const GOODBYE_WITHIN_MS = 3_000;

export interface StdioOptions extends GatewayOptions {
  command: readonly [string, ...string[]];
  input: Readable;
  output: Writable;
  /** Of this process; the server gets all of it but what is Holdpoint's. */
  environment: NodeJS.ProcessEnv;
}

/** The key to Holdpoint is none of the server's business. */
export function environmentForServer(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !/^HOLDPOINT_/i.test(name))) as NodeJS.ProcessEnv;
}

/** Who reads more slowly than the other side writes, holds it up. */
function write(to: Writable, from: Readable, text: string): void {
  if (!to.writable || to.write(`${text}\n`) || from.isPaused()) return;
  from.pause();
  to.once("drain", () => from.resume());
}

/** Ends with the server's exit code, when the server has ended or the client has gone. */
export async function runStdioGateway({ command: [program, ...words], input, output, environment, ...options }: StdioOptions): Promise<number> {
  const child = spawn(program, words, { stdio: ["pipe", "pipe", "inherit"], env: environmentForServer(environment) });
  const gateway = new Gateway(options);
  const session = new StdioSession(gateway, { toClient: (text) => write(output, child.stdout, text), toServer: (text) => write(child.stdin, input, text) }, `mcp-${randomUUID()}`);
  const leave = () => endServer(child);
  for (const stream of [child.stdin, child.stdout, output]) stream.on("error", leave);
  listen(input, (line) => session.fromClient(line), leave, options.log);
  listen(child.stdout, (line) => session.fromServer(line), leave, options.log);
  input.on("end", leave);
  process.once("SIGTERM", leave).once("SIGINT", leave);
  const code = await new Promise<number>((resolve) => {
    child.on("error", () => {
      options.log("The server's command could not be started.");
      resolve(127);
    });
    // Not `exit`: what it wrote last is still in the pipe then.
    child.on("close", (exitCode) => resolve(exitCode ?? 1));
  });
  session.serverEnded();
  process.off("SIGTERM", leave).off("SIGINT", leave);
  input.destroy();
  await gateway.close();
  return code;
}

function listen(from: Readable, hear: (line: string) => void, leave: () => void, log: (sentence: string) => void): void {
  const lines = new JsonLines();
  from.on("data", (chunk: Buffer) => {
    try {
      for (const line of lines.feed(chunk)) hear(line);
    } catch {
      log("A message was too long; the session ends.");
      leave();
    }
  });
}

/** As the specification has it: its input is closed, and it is killed when that does not end it. */
function endServer(child: ChildProcess): void {
  child.stdin?.end();
  setTimeout(() => child.kill("SIGTERM"), GOODBYE_WITHIN_MS).unref();
  setTimeout(() => child.kill("SIGKILL"), 2 * GOODBYE_WITHIN_MS).unref();
}
