import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { FirstRunForm } from "@/components/sign-in/first-run-form.tsx";
import { MIN_PASSWORD_LENGTH } from "@/lib/auth/password.ts";
import { paths } from "@/lib/paths.ts";
import { hasAnybody } from "@/lib/queries/people.ts";
import { firstRunAction } from "./actions.ts";

export const metadata: Metadata = { title: "First run" };

export default async function FirstRunPage() {
  if (await hasAnybody()) redirect(paths.signIn() as never);
  return (
    <div className="card">
      <div className="card-body grid gap-5 sm:p-6!">
        <div className="grid gap-1">
          <h1 className="title">Nobody has an account yet</h1>
          <p className="dense text-pretty text-fg-2">Create the first administrator. Everybody else is added under Settings, or arrives through single sign-on.</p>
        </div>
        <FirstRunForm action={firstRunAction} minPasswordLength={MIN_PASSWORD_LENGTH} />
      </div>
    </div>
  );
}
