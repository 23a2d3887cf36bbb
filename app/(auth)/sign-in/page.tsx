import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { SignInForm } from "@/components/sign-in/sign-in-form.tsx";
import { FormMessage } from "@/components/ui/form-message.tsx";
import { findSignedIn } from "@/lib/auth/session.ts";
import { safeReturnPath } from "@/lib/domain/return-path.ts";
import { env } from "@/lib/env.ts";
import { paths } from "@/lib/paths.ts";
import { hasAnybody } from "@/lib/queries/people.ts";
import { signInAction } from "./actions.ts";
import { SingleSignOn } from "./single-sign-on.tsx";

export const metadata: Metadata = { title: "Sign in" };

/** next-auth comes back here with a code when the identity provider did not let somebody in. */
const PROVIDER_FAILED = "Single sign-on did not let you in. Your account may be disabled, or its address not verified; an administrator can tell.";

export default async function SignInPage({ searchParams }: { searchParams: Promise<{ from?: string | string[]; error?: string | string[] }> }) {
  const search = await searchParams;
  const from = safeReturnPath(Array.isArray(search.from) ? search.from[0] : search.from);
  if (await findSignedIn()) redirect((from ?? paths.home()) as never);
  if (!(await hasAnybody())) redirect(paths.firstRun() as never);
  const { oidc } = env();
  return (
    <div className="card">
      <div className="card-body grid gap-5 sm:p-6!">
        <div className="grid gap-1">
          <h1 className="title">Sign in</h1>
          {from !== null && <p className="dense text-fg-3">You will come back to the page you asked for.</p>}
        </div>
        {search.error !== undefined && <FormMessage kind="error">{PROVIDER_FAILED}</FormMessage>}
        <SignInForm action={signInAction} from={from} />
        {oidc && <SingleSignOn name={oidc.name} from={from} />}
      </div>
    </div>
  );
}
