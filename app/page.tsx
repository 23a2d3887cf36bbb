import { redirect } from "next/navigation";
import { findSignedIn } from "@/lib/auth/session.ts";
import { firstPageOf } from "@/lib/domain/first-page.ts";
import { paths } from "@/lib/paths.ts";
import { hasAnybody } from "@/lib/queries/people.ts";

export const dynamic = "force-dynamic";

export default async function HomePage() {
  if (!(await hasAnybody())) redirect(paths.firstRun() as never);
  const person = await findSignedIn();
  redirect((person ? paths[firstPageOf(person)]() : paths.signIn()) as never);
}
