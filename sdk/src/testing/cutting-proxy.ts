// A network between a point and Holdpoint that can be cut, closed, made to swallow a message, or to hold answers back.

import net from "node:net";

interface Line {
  client: net.Socket;
  server: net.Socket;
  isStream: boolean;
}

export class CuttingProxy {
  /** Answers of the event stream are held back, as by a proxy that buffers. */
  isBuffering = false;
  /** New connections are cut at once. */
  isClosed = false;
  /** Swallows what Holdpoint sends when this says so. */
  swallows: (chunk: string) => boolean = () => false;
  readonly #server: net.Server;
  readonly #lines = new Set<Line>();

  private constructor(targetPort: number) {
    this.#server = net.createServer((client) => {
      if (this.isClosed) return void client.destroy();
      const line: Line = { client, server: net.connect(targetPort, "127.0.0.1"), isStream: false };
      this.#lines.add(line);
      client.on("data", (chunk) => {
        line.isStream ||= chunk.toString("latin1").startsWith("GET /v1/stream");
        line.server.write(chunk);
      });
      line.server.on("data", (chunk) => {
        if (!(this.isBuffering && line.isStream) && !this.swallows(chunk.toString("latin1"))) client.write(chunk);
      });
      for (const socket of [client, line.server]) {
        socket.on("error", () => undefined);
        socket.on("close", () => this.#end(line));
      }
    });
  }

  static async before(targetPort: number): Promise<CuttingProxy> {
    const proxy = new CuttingProxy(targetPort);
    await new Promise<void>((resolve) => proxy.#server.listen(0, "127.0.0.1", resolve));
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as net.AddressInfo).port}`;
  }

  /** Without a goodbye, in the middle of whatever is sent. */
  cut(): void {
    for (const line of [...this.#lines]) this.#end(line);
  }

  async close(): Promise<void> {
    this.isClosed = true;
    this.cut();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #end(line: Line): void {
    this.#lines.delete(line);
    line.client.destroy();
    line.server.destroy();
  }
}
