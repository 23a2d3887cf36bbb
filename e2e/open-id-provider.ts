// An identity provider for the specs: OpenID Connect's code flow with PKCE (RFC 7636), checked as strictly as a real one checks it.

import { createHash, generateKeyPairSync, randomBytes, sign } from "node:crypto";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

export const CLIENT = { id: "holdpoint-console", secret: "a secret that the specs know" };

export interface Identity {
  sub: string;
  email: string;
  email_verified: boolean;
  name: string;
}

export interface OpenIdProvider {
  issuer: string;
  /** Whom the next sign-ins are about; null refuses them. */
  vouchFor: (identity: Identity | null) => void;
  stop: () => Promise<void>;
}

interface Grant {
  identity: Identity;
  challenge: string;
  nonce: string;
  redirectUri: string;
}

interface Answer {
  status: number;
  headers?: Record<string, string>;
  body?: unknown;
}

const LIFETIME_SECONDS = 300;
const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
const refused = (error: string): Answer => ({ status: 400, body: { error } });

function newSigner() {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const head = encoded({ alg: "RS256", kid: "spec", typ: "JWT" });
  return {
    jwks: { keys: [{ ...publicKey.export({ format: "jwk" }), kid: "spec", alg: "RS256", use: "sig" }] },
    tokenOf: (claims: object) => {
      const signed = `${head}.${encoded(claims)}`;
      return `${signed}.${sign("RSA-SHA256", Buffer.from(signed), privateKey).toString("base64url")}`;
    },
  };
}

function discovery(issuer: string) {
  return {
    issuer, authorization_endpoint: `${issuer}/authorize`, token_endpoint: `${issuer}/token`, jwks_uri: `${issuer}/jwks`,
    response_types_supported: ["code"], subject_types_supported: ["public"], id_token_signing_alg_values_supported: ["RS256"],
    code_challenge_methods_supported: ["S256"], token_endpoint_auth_methods_supported: ["client_secret_basic"],
  };
}

function isClient(authorization: string | undefined): boolean {
  const [id = "", secret = ""] = Buffer.from((authorization ?? "").replace(/^Basic /, ""), "base64").toString().split(":").map((part) => decodeURIComponent(part.replaceAll("+", " ")));
  return id === CLIENT.id && secret === CLIENT.secret;
}

export async function startOpenIdProvider(): Promise<OpenIdProvider> {
  const signer = newSigner();
  const grants = new Map<string, Grant>();
  let identity: Identity | null = null;
  let issuer = "";

  function authorize(query: URLSearchParams): Answer {
    const asked = (name: string) => query.get(name) ?? "";
    const back = URL.canParse(asked("redirect_uri")) ? new URL(asked("redirect_uri")) : null;
    if (!back || asked("client_id") !== CLIENT.id) return refused("invalid_client");
    if (asked("code_challenge_method") !== "S256" || !asked("code_challenge") || !asked("nonce") || !asked("state")) return refused("invalid_request");
    back.searchParams.set("state", asked("state"));
    if (identity) {
      const code = randomBytes(16).toString("hex");
      grants.set(code, { identity, challenge: asked("code_challenge"), nonce: asked("nonce"), redirectUri: asked("redirect_uri") });
      back.searchParams.set("code", code);
    } else back.searchParams.set("error", "access_denied");
    return { status: 302, headers: { location: back.href } };
  }

  function exchange(form: URLSearchParams, authorization: string | undefined): Answer {
    if (!isClient(authorization)) return { status: 401, body: { error: "invalid_client" } };
    const code = form.get("code") ?? "";
    const grant = grants.get(code);
    grants.delete(code); // RFC 6749 §4.1.2: a code is good once
    const verifier = createHash("sha256").update(form.get("code_verifier") ?? "").digest("base64url");
    if (!grant || grant.challenge !== verifier || grant.redirectUri !== form.get("redirect_uri")) return refused("invalid_grant");
    const iat = Math.floor(Date.now() / 1_000);
    const idToken = signer.tokenOf({ iss: issuer, aud: CLIENT.id, nonce: grant.nonce, iat, exp: iat + LIFETIME_SECONDS, ...grant.identity });
    return { status: 200, body: { access_token: randomBytes(16).toString("hex"), token_type: "Bearer", expires_in: LIFETIME_SECONDS, id_token: idToken } };
  }

  async function answer(request: http.IncomingMessage): Promise<Answer> {
    const url = new URL(request.url ?? "/", issuer);
    if (url.pathname === "/.well-known/openid-configuration") return { status: 200, body: discovery(issuer) };
    if (url.pathname === "/jwks") return { status: 200, body: signer.jwks };
    if (url.pathname === "/authorize") return authorize(url.searchParams);
    if (url.pathname === "/token" && request.method === "POST") return exchange(new URLSearchParams(await text(request)), request.headers.authorization);
    return { status: 404 };
  }

  const server = http.createServer((request, response) => {
    void answer(request).then(({ status, headers, body }) =>
      response.writeHead(status, { "content-type": "application/json", "cache-control": "no-store", ...headers }).end(body === undefined ? "" : JSON.stringify(body)));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    issuer,
    vouchFor: (next) => void (identity = next),
    stop: () => new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    }),
  };
}
