// What does the environment ask for? Read once, checked, with defaults; nothing else reads process.env.

import path from "node:path";
import { z } from "zod";

export const PROCESS_ROLES = ["console", "agents", "jobs"] as const;
export type ProcessRole = (typeof PROCESS_ROLES)[number];

const text = z.string().trim().min(1).optional().catch(undefined);

const roles = z.string().default(PROCESS_ROLES.join(",")).transform((value) => value.split(",").map((role) => role.trim())).pipe(z.array(z.enum(PROCESS_ROLES)).min(1));

const environment = z.object({
  PORT: z.coerce.number().int().min(0).max(65_535).default(3000),
  HOST: z.string().default("0.0.0.0"),
  DATABASE_URL: text,
  HOLDPOINT_DATA_DIR: z.string().default(".data"),
  HOLDPOINT_URL: text,
  HOLDPOINT_ENVIRONMENT: z.string().default("Production"),
  HOLDPOINT_ORGANISATION: z.string().default("Holdpoint"),
  HOLDPOINT_ROLES: roles,
  HOLDPOINT_SECRET: z.string().min(32).optional(),
  HOLDPOINT_SIGNING_KEY: text,
  HOLDPOINT_LOG_LEVEL: z.enum(["trace", "debug", "info", "warn", "error", "silent"]).default("info"),
  HOLDPOINT_MAX_BODY_BYTES: z.coerce.number().int().positive().default(64 * 1024 * 1024),
  HOLDPOINT_WEBHOOK_ALLOW: z.string().default("").transform((value) => value.split(",").map((host) => host.trim().toLowerCase()).filter((host) => host !== "")),
  HOLDPOINT_TRUSTED_PROXIES: z.coerce.number().int().min(0).max(10).default(0),
  HOLDPOINT_DATABASE_CONNECTIONS: z.coerce.number().int().min(2).default(20),
  HOLDPOINT_KEEP_DECISIONS_DAYS: z.coerce.number().int().min(30).default(400),
  HOLDPOINT_KEEP_MESSAGES_DAYS: z.coerce.number().int().min(1).default(400),
  HOLDPOINT_KEEP_POINTS_DAYS: z.coerce.number().int().min(2).default(40),
  OIDC_ISSUER: text,
  OIDC_CLIENT_ID: text,
  OIDC_CLIENT_SECRET: text,
  OIDC_NAME: z.string().default("Single sign-on"),
});

/** Names the variables and never their values, which may be secret. */
export class WrongEnvironment extends Error {
  override name = "WrongEnvironment";
}

/** An empty variable counts as not set: compose files and unit files cannot leave one out. */
function checked(source: Record<string, string | undefined>): z.output<typeof environment> {
  const parsed = environment.safeParse(Object.fromEntries(Object.entries(source).filter(([, value]) => value?.trim() !== "")));
  if (parsed.success) return parsed.data;
  throw new WrongEnvironment(parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`).join("; "));
}

export function readEnvironment(source: Record<string, string | undefined>) {
  const values = checked(source);
  const { OIDC_ISSUER: issuer, OIDC_CLIENT_ID: clientId, OIDC_CLIENT_SECRET: clientSecret } = values;
  return {
    port: values.PORT,
    host: values.HOST,
    databaseUrl: values.DATABASE_URL,
    dataDir: path.resolve(values.HOLDPOINT_DATA_DIR),
    publicUrl: (values.HOLDPOINT_URL ?? `http://127.0.0.1:${values.PORT}`).replace(/\/$/, ""),
    environmentName: values.HOLDPOINT_ENVIRONMENT,
    organisation: values.HOLDPOINT_ORGANISATION,
    roles: values.HOLDPOINT_ROLES,
    secret: values.HOLDPOINT_SECRET,
    signingKey: values.HOLDPOINT_SIGNING_KEY,
    logLevel: values.HOLDPOINT_LOG_LEVEL,
    maxBodyBytes: values.HOLDPOINT_MAX_BODY_BYTES,
    /** Hosts, with or without a port, that may be called though they are inside this network. */
    webhookAllow: values.HOLDPOINT_WEBHOOK_ALLOW,
    /** So many stand before the server and each adds whom it was asked by to X-Forwarded-For. */
    trustedProxies: values.HOLDPOINT_TRUSTED_PROXIES,
    databaseConnections: values.HOLDPOINT_DATABASE_CONNECTIONS,
    /** For how long decisions of the gate, messages beside spans and points of processes that ended stay. */
    keptDays: { decisions: values.HOLDPOINT_KEEP_DECISIONS_DAYS, messages: values.HOLDPOINT_KEEP_MESSAGES_DAYS, points: values.HOLDPOINT_KEEP_POINTS_DAYS },
    oidc: issuer && clientId && clientSecret ? { issuer, clientId, clientSecret, name: values.OIDC_NAME } : null,
  };
}

export type Environment = ReturnType<typeof readEnvironment>;

let parsed: Environment | undefined;

/** Lazy, so that a build, which sets nothing, needs nothing. */
export const env = (): Environment => (parsed ??= readEnvironment(process.env));
