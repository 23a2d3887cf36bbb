// How does next-auth work here? Signed cookies with a session version, and the identity provider when one is configured.

import type { NextAuthOptions } from "next-auth";
import { env } from "../env.ts";
import { isRefusal } from "../errors.ts";
import { describeError, logger } from "../logger.ts";
import { signInWithProvider } from "../operations/sign-in.ts";

export const SESSION_MAX_AGE_SECONDS = 12 * 60 * 60;

declare module "next-auth" {
  interface Session {
    user?: { personId?: string; sessionVersion?: number };
  }
}
declare module "next-auth/jwt" {
  interface JWT {
    personId?: string;
    sessionVersion?: number;
  }
}

interface OidcProfile {
  sub: string;
  email?: string;
  email_verified?: boolean;
  name?: string;
}

export function sessionCookie() {
  const isSecure = env().publicUrl.startsWith("https:");
  return {
    name: isSecure ? "__Secure-next-auth.session-token" : "next-auth.session-token",
    options: { httpOnly: true, sameSite: "lax" as const, path: "/", secure: isSecure },
  };
}

function providers(): NextAuthOptions["providers"] {
  const { oidc } = env();
  if (!oidc) return [];
  return [{
    id: "oidc", name: oidc.name, type: "oauth", wellKnown: `${oidc.issuer.replace(/\/$/, "")}/.well-known/openid-configuration`,
    clientId: oidc.clientId, clientSecret: oidc.clientSecret, idToken: true, checks: ["pkce", "state", "nonce"],
    authorization: { params: { scope: "openid email profile" } },
    profile: (profile: OidcProfile) => ({ id: profile.sub, name: profile.name ?? null, email: profile.email ?? null }),
  }];
}

/** Left to itself, next-auth writes whatever a stranger sent straight to the terminal. */
function noteFailure(code: string, metadata: Error | Record<string, unknown>): void {
  const error = metadata instanceof Error ? metadata : metadata.error;
  logger()[isRefusal(error) ? "info" : "warn"]({ authCode: code, ...describeError(error) }, "single sign-on let nobody in");
}

export function authOptions(): NextAuthOptions {
  return {
    logger: { error: noteFailure, warn: (code) => logger().debug({ authCode: code }, "next-auth has a hint"), debug: () => undefined },
    providers: providers(),
    session: { strategy: "jwt", maxAge: SESSION_MAX_AGE_SECONDS },
    pages: { signIn: "/sign-in", error: "/sign-in" },
    cookies: { sessionToken: sessionCookie() },
    callbacks: {
      async jwt({ token, profile, account }) {
        if (!account || !profile) return token;
        const { sub, email, name } = profile as OidcProfile;
        if (!email) throw new Error("the identity provider sent no e-mail address");
        const isEmailVerified = (profile as OidcProfile).email_verified === true;
        return { ...(await signInWithProvider({ subject: sub, email, isEmailVerified, name: name ?? email })) };
      },
      session({ session, token }) {
        const { personId, sessionVersion } = token;
        return personId && sessionVersion !== undefined ? { ...session, user: { personId, sessionVersion } } : { expires: session.expires };
      },
    },
  };
}
