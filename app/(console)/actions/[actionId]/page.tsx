import type { Metadata } from "next";
import { notFound } from "next/navigation";
import type { ReactNode } from "react";
import { meaningOf } from "@/components/actions/action-meaning.ts";
import { ActionWatch } from "@/components/actions/action-watch.tsx";
import { ArgumentDiff } from "@/components/actions/argument-diff.tsx";
import { DecideAction } from "@/components/actions/decide-action.tsx";
import { DecidedAction } from "@/components/actions/decided-action.tsx";
import { EffectCard } from "@/components/actions/effect-card.tsx";
import { ReviewList } from "@/components/actions/review-list.tsx";
import { SeededOutcome } from "@/components/actions/seeded-outcome.tsx";
import { ActionStateChip } from "@/components/actions/state-mark.tsx";
import { TakeBack } from "@/components/actions/take-back.tsx";
import { UndoCard, type UndoChoice } from "@/components/actions/undo-card.tsx";
import { WayBackRehearsal } from "@/components/actions/way-back-rehearsal.tsx";
import { Presence } from "@/components/layout/presence.tsx";
import { NextInInbox } from "@/components/inbox/next-in-inbox.tsx";
import { buttonClass } from "@/components/ui/button.tsx";
import { Card, CardBody } from "@/components/ui/card.tsx";
import { Chip } from "@/components/ui/chip.tsx";
import { EmptyState } from "@/components/ui/empty-state.tsx";
import { JsonView } from "@/components/ui/json-view.tsx";
import { Link } from "@/components/ui/link.tsx";
import { Mono } from "@/components/ui/mono.tsx";
import { NamedText } from "@/components/ui/named-text.tsx";
import { PageHead } from "@/components/ui/page-head.tsx";
import { Time } from "@/components/ui/time.tsx";
import { requireSignedIn } from "@/lib/auth/session.ts";
import { permits } from "@/lib/database/whom-to-ask.ts";
import { isActionState, isOver } from "@/lib/domain/action-state.ts";
import { isJsonObject } from "@/lib/domain/json-object.ts";
import { may } from "@/lib/domain/permissions.ts";
import type { PersonActor } from "@/lib/domain/roles.ts";
import { maskArguments } from "@/lib/domain/secret-argument.ts";
import { tierName } from "@/lib/domain/tier-names.ts";
import { paths } from "@/lib/paths.ts";
import { findAction, type ActionView } from "@/lib/queries/action.ts";
import { markOfAction } from "@/lib/queries/action-requests.ts";
import { findActionWayBack, type ActionWayBack } from "@/lib/queries/hook-rehearsals.ts";
import { findNextMine } from "@/lib/queries/inbox.ts";
import { readComments } from "@/lib/queries/item-comments.ts";
import { previewUndo } from "@/lib/queries/undos.ts";
import { NotesOfItem } from "../../notes-of-item.tsx";
import { approveAction, askAction, extendAction, rejectAction, takeBackAction } from "../actions.ts";
import { rehearseHookAction, startUndoAction } from "../undo-actions.ts";

export const metadata: Metadata = { title: "Action" };

export default async function ActionPage({ params }: { params: Promise<{ actionId: string }> }) {
  const { actionId } = await params;
  const actor = await requireSignedIn(paths.action(actionId));
  const answer = may(actor, "action:read");
  if (!answer.ok) return <EmptyState kind="unknown" title="You may not see actions.">{answer.reason}</EmptyState>;
  const now = new Date();
  const view = await findAction(actionId, actor, now);
  if (!view) notFound();
  const { action } = view;
  const isWaiting = action.state === "held" && !view.isExpired;
  const [comments, choices, wayBack, afterOwnWord] = await Promise.all([readComments(actionId), action.state === "committed" ? undoChoices(view, now) : [], findActionWayBack(action), ownWord(view, actor, now)]);
  const { mayRehearse } = await permits(actor, action.agentId, { mayRehearse: "action:undo" }, now);
  return (
    <>
      <Head view={view} />
      <Presence topic={action.id} />
      <div className="cols change-cols">
        <div className="stack">
          <Effect view={view} isOpen={isWaiting} rehearsal={wayBack && !TAKEN_BACK.has(action.state) && <Rehearsal way={wayBack} agentId={action.agentId} cannot={mayRehearse.ok ? null : mayRehearse.reason} now={now} />} />
          <Arguments view={view} />
        </div>
        <aside className="stack" aria-label="Decision">
          <div className={isWaiting ? "o2 decide" : "o2"}>
            {isWaiting ? <Decide view={view} now={now} /> : <Decided view={view} now={now} />}
            <NextInInbox key={actionId} {...afterOwnWord} />
          </div>
          <NotesOfItem itemKey={action.id} actor={actor} now={now} />
          {choices.length > 0 && <UndoCard agentId={action.agentId} choices={choices} cannot={view.undo.ok ? null : view.undo.reason} action={startUndoAction} />}
          {(isWaiting || action.reviews.length + comments.length > 0 || action.question !== null) && <ReviewList reviews={action.reviews} comments={comments} question={action.question} answer={action.answer} />}
        </aside>
      </div>
      {isWaiting && (
        <div className="decide-bar">
          <span className="meta text-pretty">{view.approve.ok ? "Your approval would count." : view.approve.reason}</span>
          <a className={buttonClass(view.approve.ok ? "primary" : "default")} href="#decide">Decide</a>
        </div>
      )}
    </>
  );
}

/** What was seeded and approved ended in that moment, whatever its state is called. */
function stateShown({ action, isExpired, seeded }: ActionView): string {
  if (seeded?.outcome === "approved" || seeded?.outcome === "corrected") return "approved";
  return isExpired ? "expired" : action.state;
}

function Head({ view }: { view: ActionView }) {
  const { action, effect, seeded } = view;
  return (
    <PageHead
      kind="verdict" title={<NamedText text={effect} />}
      marks={
        <>
          <ActionStateChip state={stateShown(view)} />
          {action.effect === "irreversible" && <Chip kind="warning">Irreversible</Chip>}
          {seeded !== null && <Chip>Seeded by Holdpoint</Chip>}
        </>
      }
      facts={[
        <Mono key="id">{action.id}</Mono>,
        <span key="agent">Agent <Link className="link" href={paths.agent(action.agentId)}>{action.agentId}</Link></span>,
        <span key="asked">Asked <Time at={action.preparedAt} show="both" /></span>,
        ...(action.endedAt === null ? [] : [<span key="ended">Ended <Time at={action.endedAt} show="both" /></span>]),
      ]}
    />
  );
}

/** Nobody asks any more whether the way back would work. */
const TAKEN_BACK = new Set(["compensating", "compensated", "by_hand"]);

function Rehearsal({ way: { hook, ...way }, ...rest }: { way: ActionWayBack; agentId: string; cannot: string | null; now: Date }) {
  return <WayBackRehearsal {...way} {...rest} kind={hook.kind} action={rehearseHookAction} />;
}

function Effect({ view, isOpen, rehearsal }: { view: ActionView; isOpen: boolean; rehearsal: ReactNode }) {
  const { action } = view;
  return (
    <EffectCard
      isOpen={isOpen} reversibility={view.reversibility} rehearsal={rehearsal} tier={tierName(view.tier)} because={action.sentence} policies={action.policies}
      unusual={view.unusual} usage={view.usage} tool={action.tool} amountMinor={action.amountMinor} onBehalfOf={action.onBehalfOf} justification={action.justification} plan={action.plan}
      confidence={action.confidence} evidence={<Evidence view={view} />}
    />
  );
}

function Evidence({ view: { action, isExpired, runId, versionNumber } }: { view: ActionView }) {
  const links = [
    ...(runId === null ? [] : [{ href: paths.run(runId), label: "The run" }]),
    ...(versionNumber === null ? [] : [{ href: paths.agentVersion(action.agentId, versionNumber), label: `Version ${versionNumber}, with its policy` }]),
    { href: paths.actions({ agent: action.agentId, tool: action.tool, state: "all" }), label: "Earlier calls of this tool" },
    // While it waits, the log says nothing of it that does not stand here; and of what is seeded it says nothing yet.
    ...(action.state === "held" && !isExpired ? [] : [{ href: paths.log({ subject: action.id }), label: "The log" }]),
    ...(action.stopId === null ? [] : [{ href: paths.stopOf(action.stopId), label: "The stop" }]),
    ...[...new Map(action.steps.map(({ undo }) => [undo.id, undo])).values()].map((undo) => ({ href: paths.undo(undo.id), label: `Its reversal, asked by ${undo.startedByName}` })),
  ];
  return (
    <ul className="facts">
      {links.map(({ href, label }) => <li key={href}><Link className="link" href={href}>{label}</Link></li>)}
    </ul>
  );
}

const masked = (value: unknown): unknown => maskArguments(value).value;

function Arguments({ view: { action } }: { view: ActionView }) {
  return (
    <Card title="Arguments" className="o3">
      <CardBody className="grid gap-4">
        {action.askedInput !== null && (
          <div>
            <h3 className="dense mb-1.5 font-medium">What a person changed</h3>
            <ArgumentDiff before={masked(action.askedInput)} after={masked(action.input)} label="Differences to what the agent asked" />
          </div>
        )}
        <JsonView value={masked(action.input)} label="Arguments" masksSecrets={false} />
        {action.result !== null && (
          <div>
            <h3 className="dense mb-1.5 font-medium">What the tool answered</h3>
            <JsonView value={masked(action.result)} label="Result" masksSecrets={false} />
          </div>
        )}
        {action.downstream !== null && (
          <div>
            <h3 className="dense mb-1.5 font-medium">What the system behind it answered</h3>
            <JsonView value={masked(action.downstream)} label="Answer of the system" masksSecrets={false} />
          </div>
        )}
      </CardBody>
    </Card>
  );
}

/** More than somebody edits in a form. */
const MAX_EDITABLE = 20_000;

function editOf({ action }: ActionView, hidden: number) {
  const { input, origin } = action;
  const no = (reason: string) => ({ ok: false as const, reason });
  if (origin !== "prepare") return no("This agent asked the gate only and would not hear of other arguments.");
  if (!isJsonObject(input)) return no("These arguments have no names.");
  const text = JSON.stringify(input);
  if (text.length > MAX_EDITABLE) return no("The arguments are too long to be edited here.");
  // What is not shown cannot be edited, and must not reach the browser.
  return hidden > 0 ? no("The arguments hold a secret, which is not shown, so they cannot be edited here.") : { ok: true as const, input: { ...input } };
}

function Decide({ view, now }: { view: ActionView; now: Date }) {
  const { action, pulse } = view;
  const hidden = maskArguments(action.input).count;
  return (
    <DecideAction
      // Other arguments or another word start the forms anew.
      key={`${action.inputDigest} ${pulse.events} ${pulse.expiresAt}`}
      actionId={action.id} inputDigest={action.inputDigest} seen={pulse} preparedAt={action.preparedAt.toISOString()} expiresAt={pulse.expiresAt} renderedAt={now.getTime()}
      approvals={view.approvals} approvalsNeeded={action.approvalsNeeded} approve={view.approve} reject={view.reject} ask={view.ask} extend={view.extend} edit={editOf(view, hidden)} hidden={hidden}
      approveAction={approveAction} rejectAction={rejectAction} askAction={askAction} extendAction={extendAction}
    />
  );
}

const DECIDING = new Set(["approve", "reject"]);

/** What this person decided about it, as far as it counts, and what comes next. */
async function ownWord({ action }: ActionView, actor: PersonActor, now: Date) {
  const word = action.reviews.findLast(({ personId, verdict, voidedAt }) => personId === actor.id && DECIDING.has(verdict) && voidedAt === null);
  if (!word) return { said: null, next: null, left: 0 };
  const said = word.verdict === "reject" ? "Rejected" : action.state === "held" ? "Your approval counts" : "Approved";
  return { said, ...(await findNextMine(actor, { kind: "action", mark: markOfAction(action.effect), since: action.preparedAt.toISOString(), key: action.id }, now)) };
}

function Decided({ view, now }: { view: ActionView; now: Date }) {
  const { action, pulse, takeBack, seeded } = view;
  const state = stateShown(view);
  const word = action.reviews.findLast(({ verdict, voidedAt }) => DECIDING.has(verdict) && voidedAt === null);
  const others = view.approvals > 1 ? ` and ${view.approvals - 1} more` : "";
  return (
    <DecidedAction
      state={state} inputDigest={action.inputDigest} by={word ? `${word.personName}${others}` : null} at={action.decidedAt ?? action.endedAt} reason={word?.reason ?? null} error={action.error}
      meaning={seeded === null ? meaningOf(state) : null}
    >
      {seeded !== null && <SeededOutcome outcome={seeded.outcome} why={seeded.why} effect={view.effect} />}
      {action.state === "approved" && action.dispatchAt !== null && (
        <TakeBack actionId={action.id} dispatchAt={action.dispatchAt.toISOString()} renderedAt={now.getTime()} cannot={takeBack.ok ? null : takeBack.reason} action={takeBackAction} />
      )}
      <ActionWatch actionId={action.id} seen={pulse} isOver={seeded !== null || (isActionState(state) && isOver(state))} />
    </DecidedAction>
  );
}

/** From narrow to wide. The wider ones only where there is more to reach. */
async function undoChoices({ action }: ActionView, now: Date): Promise<UndoChoice[]> {
  const { agentId, id, conversationId, versionId, preparedAt } = action;
  const previewOf = (scope: UndoChoice["scope"], target: string, since: Date | null) => previewUndo({ agentId, scope, target, since }, now);
  const [own, run, version] = await Promise.all([
    previewOf("action", id, null), conversationId === "" ? null : previewOf("run", conversationId, null), versionId === null ? null : previewOf("version", versionId, preparedAt),
  ]);
  return [
    { scope: "action", target: id, label: "Take this action back", since: null, preview: own },
    ...(run !== null && run.actions > 1 ? [{ scope: "run" as const, target: conversationId, label: "Take back all of this run", since: null, preview: run }] : []),
    ...(version !== null && versionId !== null && version.actions > 1 && version.actions !== run?.actions ? [{ scope: "version" as const, target: versionId, label: "Take back all of this version since this action", since: preparedAt.toISOString(), preview: version }] : []),
  ];
}
