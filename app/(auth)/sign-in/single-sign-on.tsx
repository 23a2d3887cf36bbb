"use client";

import { useState } from "react";
import { Button } from "@/components/ui/button.tsx";
import { FormMessage } from "@/components/ui/form-message.tsx";
import { paths } from "@/lib/paths.ts";

/** The identity provider's round trip needs a token that only next-auth's own script fetches; it is loaded when pressed. */
export function SingleSignOn({ name, from }: { name: string; from: string | null }) {
  const [state, setState] = useState<"idle" | "leaving" | "failed">("idle");
  const leave = async () => {
    setState("leaving");
    try {
      const { signIn } = await import("next-auth/react");
      await signIn("oidc", { callbackUrl: from ?? paths.home() });
    } catch {
      setState("failed");
    }
  };
  return (
    <div className="grid gap-3">
      <div className="flex items-center gap-3 text-meta text-fg-3">
        <span className="h-px flex-1 bg-line" />
        or
        <span className="h-px flex-1 bg-line" />
      </div>
      {state === "failed" && <FormMessage kind="error">The identity provider could not be reached. Try again in a moment.</FormMessage>}
      <Button size="block" onClick={leave} aria-disabled={state === "leaving" || undefined}>
        {state === "leaving" ? `Going to ${name}…` : `Continue with ${name}`}
      </Button>
      <noscript>
        <p className="meta">Single sign-on needs JavaScript; a password does not.</p>
      </noscript>
    </div>
  );
}
