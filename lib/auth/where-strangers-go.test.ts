import { expect, test } from "vitest";
import { whereStrangersGo } from "./where-strangers-go.ts";

const session = "theme=dark; next-auth.session-token=abc";

test.each([
  ["GET", "/inbox", undefined, "/sign-in?from=%2Finbox"],
  ["HEAD", "/runs?outcome=failure", "", "/sign-in?from=%2Fruns%3Foutcome%3Dfailure"],
  ["GET", "/inbox", "not-next-auth.session-token=abc", "/sign-in?from=%2Finbox"],
  ["GET", "/inbox", session, null],
  ["GET", "/inbox", "__Secure-next-auth.session-token=abc", null],
  ["GET", "/", undefined, null],
  ["GET", "/sign-in?from=%2Finbox", undefined, null],
  ["GET", "/first-run", undefined, null],
  ["GET", "/api/auth/csrf", undefined, null],
  ["GET", "/_next/static/x.js", undefined, null],
  ["GET", "/manifest.webmanifest", undefined, null],
  ["GET", "/icon-192.png", undefined, null],
  ["POST", "/inbox", undefined, null],
])("%s %s with the cookie %s", (method, url, cookie, to) => {
  expect(whereStrangersGo({ method, url, cookie })).toBe(to);
});
