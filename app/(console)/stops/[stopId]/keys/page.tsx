import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { EndedForm } from "@/components/stops/ended-form.tsx";
import { RevokeForm } from "@/components/stops/revoke-form.tsx";
import { Card, CardBody } from "@/components/ui/card.tsx";
import { EmptyState } from "@/components/ui/empty-state.tsx";
import { FormMessage } from "@/components/ui/form-message.tsx";
import { Link } from "@/components/ui/link.tsx";
import { PageHead } from "@/components/ui/page-head.tsx";
import { requireSignedIn } from "@/lib/auth/session.ts";
import { permits } from "@/lib/database/whom-to-ask.ts";
import { LEAST_HOW } from "@/lib/domain/ended-point.ts";
import { pointNames } from "@/lib/domain/missing-keys.ts";
import { formatUtc } from "@/lib/format.ts";
import { paths } from "@/lib/paths.ts";
import { findStopKeys, type StopKeys } from "@/lib/queries/missing-keys.ts";
import { findOnCall } from "@/lib/queries/on-call.ts";
import { revokeMissingKeysAction, sayEndedAction } from "../../actions.ts";

export const metadata: Metadata = { title: "Revoke keys" };

export default async function StopKeysPage({ params }: { params: Promise<{ stopId: string }> }) {
  const { stopId } = await params;
  const actor = await requireSignedIn(paths.stopKeys(stopId));
  const found = await findStopKeys(stopId);
  if (!found) notFound();
  const { answer, word } = await permits(actor, found.stop.agentId, { answer: "stop:cut_off", word: "point:end" });
  return (
    <>
      <PageHead title={`Take the keys from what the stop of ${found.stop.name} does not reach`} lead="For points that go on although they were told to stop. Everything else keeps its key." />
      <Card>
        <CardBody className="grid gap-4">
          {answer.ok ? <Keys found={found} /> : <NotYours reason={answer.reason} />}
        </CardBody>
      </Card>
      {found.unsettled.length > 0 && (
        <Card title="Ended by hand" id="ended" className="mt-4">
          <CardBody>
            <EndedForm
              // Another set of points starts it anew.
              key={found.unsettled.map(({ id, cannot }) => `${id}${cannot === null}`).join()} stopId={found.stop.id} action={sayEndedAction} leastHow={LEAST_HOW} refusal={word.ok ? null : word.reason}
              points={found.unsettled.map(({ lastHeardAt, ...point }) => ({ ...point, heard: `last heard ${formatUtc(lastHeardAt)}` }))}
            />
          </CardBody>
        </Card>
      )}
    </>
  );
}

function Keys({ found: { stop, keys, keyless } }: { found: StopKeys }) {
  const usable = keys.filter(({ isRevoked }) => !isRevoked);
  const revoked = keys.filter(({ isRevoked }) => isRevoked);
  return (
    <>
      {usable.length > 0 && <RevokeForm stopId={stop.id} keys={usable} action={revokeMissingKeysAction} />}
      {revoked.length > 0 && (
        <FormMessage kind="info" title={`Revoked: ${revoked.map(({ name }) => name).join(", ")}.`}>
          Holdpoint grants nothing to {pointNames(revoked.flatMap(({ points }) => points))} any more. It was heard without obeying, so silence alone does not prove that it has ended: end the process where it runs, and say so below.
        </FormMessage>
      )}
      {keyless.length > 0 && <FormMessage kind="info" title={`No key is known of ${pointNames(keyless)}.`}>End the process where it runs, and say so below.</FormMessage>}
      {keys.length === 0 && keyless.length === 0 && (
        <EmptyState kind="nothing_yet" title={stop.releasedAt === null ? "No point that was asked can act any more." : "This stop is released."} action={<Link className="btn" href={paths.stopOf(stop.id)}>Back to the stop</Link>}>
          {stop.releasedAt === null ? "Each has confirmed or has closed, so there is no key to revoke." : "No key is revoked because of it."}
        </EmptyState>
      )}
    </>
  );
}

/** Nobody is left with a door that is shut: the name of somebody who may. */
async function NotYours({ reason }: { reason: string }) {
  const onCall = await findOnCall(new Date());
  return (
    <EmptyState kind="unknown" title="You may not revoke these keys." action={onCall && <a className="btn" href={`mailto:${onCall.email}`}>Write to {onCall.name}, on call</a>}>
      {reason}
    </EmptyState>
  );
}
