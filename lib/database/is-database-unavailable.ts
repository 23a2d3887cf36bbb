// Is this error the database being away, or only readable after a failover, rather than a fault of the request or of ours?

const CONNECTION_ERRORS = new Set(["ECONNREFUSED", "ECONNRESET", "ENOTFOUND", "ETIMEDOUT", "EPIPE", "57P01", "57P02", "57P03", "08000", "08003", "08006", "25006", "53100", "53200", "53300", "53400", "57014", "P1001", "P1002", "P1008", "P1017", "P2024", "P2028"]);

/** Prisma keeps PostgreSQL's own code only in words: "Code: `57P01`. Message: …". */
const codeInWords = (message: string): string => /Code: `(\w{5})`/.exec(message)?.[1] ?? "";

interface Fault {
  code?: unknown;
  message?: unknown;
  cause?: unknown;
}

/** The cause of what fails at a commit is a plain object of the driver adapter's. */
const asFault = (value: unknown): Fault | null => (typeof value === "object" && value !== null ? value : null);

/** True when the database is away or overloaded: the caller answers "try again later", never "your request is wrong". */
export function isDatabaseUnavailable(error: unknown): boolean {
  for (let current = asFault(error), depth = 0; current !== null && depth < 5; current = asFault(current.cause), depth++) {
    const { code } = current;
    const message = typeof current.message === "string" ? current.message : "";
    if (typeof code === "string" && CONNECTION_ERRORS.has(code)) return true;
    if (CONNECTION_ERRORS.has(codeInWords(message))) return true;
    if (/Connection terminated|is not queryable|timeout exceeded when trying to connect|Query read timeout|DatabaseNotReachable|SocketTimeout|ConnectionClosed|the database system is/i.test(message)) return true;
  }
  return false;
}
