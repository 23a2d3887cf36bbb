// A way to the database that can be cut, silenced and mended: what a failover or a broken network looks like from here.

import net from "node:net";
import type { AddressInfo } from "node:net";

export interface DatabaseProxy {
  url: string;
  /** Connections break, new ones are refused. */
  cut: () => void;
  /** Connections stay and nothing comes through. */
  silence: () => void;
  mend: () => void;
  stop: () => Promise<void>;
}

export async function startDatabaseProxy(databaseUrl: string): Promise<DatabaseProxy> {
  const target = new URL(databaseUrl);
  const pairs = new Set<readonly [net.Socket, net.Socket]>();
  let state: "open" | "cut" | "silent" = "open";
  const server = net.createServer((near) => {
    if (state === "cut") return void near.destroy();
    const far = net.connect(Number(target.port), target.hostname);
    const pair = [near, far] as const;
    pairs.add(pair);
    const end = () => {
      pairs.delete(pair);
      near.destroy();
      far.destroy();
    };
    for (const [from, to] of [[near, far], [far, near]] as const) {
      from.on("data", (bytes: Buffer) => state === "open" && to.write(bytes));
      from.on("close", end).on("error", end);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = new URL(databaseUrl);
  [url.hostname, url.port] = ["127.0.0.1", String((server.address() as AddressInfo).port)];
  const breakAll = () => {
    for (const [near, far] of pairs) for (const socket of [near, far]) socket.destroy();
  };
  return {
    url: url.href,
    cut: () => {
      state = "cut";
      breakAll();
    },
    silence: () => {
      state = "silent";
    },
    mend: () => {
      // What went through while nothing did is lost, so these connections are of no use.
      if (state === "silent") breakAll();
      state = "open";
    },
    stop: async () => {
      breakAll();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
