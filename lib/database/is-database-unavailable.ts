// Is this error the database being away, rather than a fault of the request or of ours?

const CONNECTION_ERRORS = new Set(["ECONNREFUSED", "ECONNRESET", "ENOTFOUND", "ETIMEDOUT", "EPIPE", "57P01", "57P02", "57P03", "08000", "08003", "08006", "53300", "P1001", "P1002", "P1008", "P1017", "P2024", "P2028"]);

/** True when the database is away or overloaded: the caller answers "try again later", never "your request is wrong". */
export function isDatabaseUnavailable(error: unknown): boolean {
  for (let current: unknown = error, depth = 0; current instanceof Error && depth < 5; current = current.cause, depth++) {
    const { code } = current as Error & { code?: unknown };
    if (typeof code === "string" && CONNECTION_ERRORS.has(code)) return true;
    if (/Connection terminated|timeout exceeded when trying to connect|DatabaseNotReachable|SocketTimeout|ConnectionClosed|the database system is/i.test(current.message)) return true;
  }
  return false;
}
