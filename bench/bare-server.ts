// The limit that the gate is compared with: node:http that inserts one row with an indexed key for each request, and answers the given bytes.

import http from "node:http";
import type { AddressInfo } from "node:net";
import pg from "pg";

const [, , answer = "{}", databaseUrl = ""] = process.argv;
const pool = new pg.Pool({ connectionString: databaseUrl, max: 16 });
await pool.query("CREATE TABLE IF NOT EXISTS bare_insert (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, key text NOT NULL UNIQUE, body jsonb NOT NULL)");
const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(answer) };

const server = http.createServer((request, response) => {
  let text = "";
  request.setEncoding("utf8").on("data", (part: string) => (text += part)).on("end", () => {
    const { toolCallId, idempotencyKey } = JSON.parse(text) as { toolCallId?: string; idempotencyKey?: string };
    pool.query({ name: "bare", text: "INSERT INTO bare_insert (key, body) VALUES ($1, $2)", values: [toolCallId ?? idempotencyKey, text] }).then(
      () => response.writeHead(200, headers).end(answer), () => response.writeHead(500).end());
  });
});
server.listen(0, "127.0.0.1", () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`));
