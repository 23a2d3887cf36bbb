// A place where an agent's tool calls are let through or refused, by Holdpoint's word and without asking it each time.

import { CONFIRM_EVERY_MS, LEASE_MS, type Bundle, type BundleStop } from "../../lib/domain/bundle.ts";
import { decideGate, type GateAnswer, type GateReason } from "../../lib/domain/decide-gate.ts";
import type { GateDecision } from "../../lib/domain/gate-decision.ts";
import type { ToolEffect } from "../../lib/domain/manifest.ts";
import { stricterEffect } from "../../lib/domain/stricter-effect.ts";
import { RolloutTasks, type AssignedVersion, type Assignment } from "./assignments.ts";
import { Compensations, type CompensationHandler, type CompensationRehearsal, type CompensationStep, type RehearsalHandler } from "./compensations.ts";
import { CutRuns } from "./cut-runs.ts";
import type { StreamEvent } from "./event-stream.ts";
import { fieldsOf, numberIn, parsed, textIn } from "./fields.ts";
import { ActionRepeated, GateDenied, GateHeld, GateRefused } from "./gate-refused.ts";
import { again, guardedCall, type CallContext, type Gate, type GuardOptions, type LocalCall, type RunContext } from "./guarded-call.ts";
import { AnsweredNo, HoldpointApi, type GateQuestion, type PointKind, type PointOptions } from "./holdpoint-api.ts";
import { KeyRing } from "./key-ring.ts";
import { askedNow, Lease, type Asked } from "./lease.ts";
import { OneAtATime } from "./one-at-a-time.ts";
import { noFor, type PointAnswer, type PointReason } from "./point-answer.ts";
import { probesOf } from "./probes-of.ts";
import { reconnectDelay } from "./reconnect-delay.ts";
import { StreamConnection, type StreamEnd } from "./stream-connection.ts";
import { tellListeners } from "./tell-listeners.ts";

export { ActionRepeated, GateDenied, GateHeld, GateRefused };
export type { AssignedVersion, Assignment, CallContext, CompensationHandler, CompensationRehearsal, CompensationStep, GateAnswer, GateDecision, GateReason, BundleStop, GateQuestion, GuardOptions, PointAnswer, PointKind, PointOptions, PointReason, RehearsalHandler, RunContext };

const POLL_EVERY_MS = 3_000;
/** Where a proxy lets no stream through, polling carries the point; another attempt is made now and then. */
const STREAM_AGAIN_MS = 30_000;
const GOODBYE_WITHIN_MS = 1_000;
/** A lost answer may have given the task to the candidate, so it is asked for again before the task goes on without. */
const ASSIGN_TRIES = 3;

export interface PointState {
  /** `closed`: every call is refused, because there is no bundle or no lease; but for reading, where `readsWithoutLease` permits it. */
  state: "open" | "closed";
  /** Of the bundle that is applied; null before the first. */
  epoch: number | null;
  /** On the clock of `performance.now()`; null when there is no lease. */
  leaseUntilMs: number | null;
  /** By the event stream; without it the point polls. */
  isConnected: boolean;
  /** What went wrong last, as a sentence; null while all is well. */
  problem: string | null;
}

const sentenceOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

export class EnforcementPoint {
  readonly #agentId: string;
  readonly #readsWithoutLease: boolean;
  readonly #api: HoldpointApi;
  readonly #keys: KeyRing;
  readonly #lease = new Lease(() => this.#told());
  readonly #confirming = new OneAtATime(() => this.#confirm());
  readonly #reading = new OneAtATime(() => this.#read());
  readonly #changeListeners = new Set<(state: PointState) => void>();
  readonly #stopListeners = new Set<(stop: BundleStop) => void>();
  readonly #rehearsals = new Set<string>();
  readonly #rolloutTasks = new RolloutTasks();
  /** Asked again for a while: Holdpoint may be out of reach in the very moment of a stop. */
  readonly #cutRuns = new CutRuns((refused) => again(() => this.#api.check(refused)));
  #held: { bundle: Bundle; jws: string } | null = null;
  #token: string | null = null;
  #confirmEveryMs = CONFIRM_EVERY_MS;
  #sequence = 0;
  #stream: StreamConnection | null = null;
  #streamAgain: NodeJS.Timeout | undefined;
  #isConnected = false;
  #isOver = false;
  /** Not heard of is not the same as refused: without a lease only the first lets anything go on. */
  #wasLeasedLast = false;
  #failures = 0;
  #confirmFailures = 0;
  #problem: string | null = null;
  #lastTold = "";
  #starting: Promise<void> | null = null;
  #started: () => void = () => undefined;

  readonly #compensations: Compensations;

  constructor(options: PointOptions) {
    this.#agentId = options.agentId;
    this.#readsWithoutLease = options.readsWithoutLease === "permit";
    this.#api = new HoldpointApi(options);
    this.#compensations = new Compensations({
      next: (waitMs, handlers) => this.#api.nextSteps(waitMs, handlers), rehearsed: (id, end) => this.#api.endRehearsal(id, end), done: (stepId, attempt, response) => this.#api.endStep(stepId, { attempt, response }), failed: (stepId, attempt, error) => this.#api.endStep(stepId, { attempt, error }),
    });
    this.#keys = new KeyRing(() => this.#api.keys());
  }

  /** Resolves with the first verified bundle and lease. Never rejects: as long as Holdpoint cannot be had, the point stays closed and tries again. */
  start(): Promise<void> {
    if (this.#starting) return this.#starting;
    // Without this a program that only waits for the start would end: nothing else here keeps it alive.
    const awake = setInterval(() => undefined, 60_000);
    this.#starting = new Promise<void>((resolve) => {
      this.#started = () => {
        clearInterval(awake);
        resolve();
      };
    });
    if (this.#isOver) this.#started();
    else {
      this.#connect();
      this.#reading.after(POLL_EVERY_MS);
    }
    return this.#starting;
  }

  /**
   * By what this point holds, without a request. Refuses everything while the point is closed, but for what `readsWithoutLease` permits. In a
   * task of a rollout's candidate, and in one whose calls are counted, it can only refuse: the rest is held as `policy_unread`, which says to
   * ask the gate. A run that a stop cut stays refused as `run_cut` after its release: whether a person let it go on, the gate knows.
   */
  decide(tool: string, conversationId?: string): GateAnswer {
    const answer = this.#decide({ tool, conversationId });
    this.#cutRuns.note(conversationId, tool, answer);
    return answer;
  }

  /** Of a call that `decide` refused, or whose making was ended, because of a stop: so its run stays cut in every other process, too. */
  tellCut(refused: GateQuestion): void {
    this.#cutRuns.tell(refused, this.#decide(refused));
  }

  /**
   * Which version does this task? Ask before it begins, with the conversation id under which its calls are made. The same task gets the same
   * answer. When Holdpoint cannot be had it is the current version. Throws what Holdpoint refuses, such as an id that is too long.
   */
  async assign(task: string, { unit }: { unit?: string } = {}): Promise<Assignment> {
    try {
      const told = await again(() => this.#api.assign(task, unit ?? null), undefined, ASSIGN_TRIES);
      this.#rolloutTasks.note(told);
      const { tools: _, ...assignment } = told;
      return assignment;
    } catch (error) {
      if (error instanceof AnsweredNo && error.isFinal) throw error;
      const version = this.#held?.bundle.version ?? null;
      return {
        task, arm: "current", version: version && { ...version, label: null }, rolloutId: null, probability: null, stage: null, shadow: null, isLimited: false, isRepeat: false, isFallback: true,
        sentence: `Holdpoint could not be asked, so the current version does this task: ${sentenceOf(error)}`,
      };
    }
  }

  /**
   * Puts a function behind the gate. What only reads is decided here; what has consequences is prepared with Holdpoint before it runs, waits for
   * a person where one is asked, and its end is told. Throws `GateHeld`, `GateDenied` or `ActionRepeated` instead of running; while Holdpoint
   * cannot be had, nothing with consequences runs.
   */
  guard<Input, Result>(tool: string, options: GuardOptions, run: (input: Input, context: RunContext) => Result | Promise<Result>): (input: Input, call?: CallContext) => Promise<Result> {
    const gate: Gate = { decide: (call) => this.#decide(call), effectOf: (call) => this.#effectOf(call), onStop: (listener) => this.onStop(listener), cutRuns: this.#cutRuns, api: this.#api };
    if (options.compensate) this.#compensations.on(options.compensate.handler, options.compensate.run, options.compensate.rehearse);
    return (input, call = {}) => guardedCall(gate, tool, options, input, call, run);
  }

  /**
   * Takes actions back where the agent runs: `name` is what a tool's compensation names as its hook. Each step comes once, or again with the same
   * id when its end was not heard; what throws is tried again later, and in the end becomes a person's. `rehearse` tries the way back and changes
   * nothing; without it the handler cannot be rehearsed, and is not called for that. Answers how to take it away again.
   */
  onCompensate(name: string, handler: CompensationHandler, { rehearse }: { rehearse?: RehearsalHandler } = {}): () => void {
    return this.#compensations.on(name, handler, rehearse);
  }

  #bundleFor(conversationId: string | undefined): Bundle | null {
    return this.#held && this.#rolloutTasks.bundleFor(conversationId, this.#held.bundle);
  }

  #decide({ tool, conversationId, effect }: LocalCall): GateAnswer {
    const readsWithoutLease = this.#readsWithoutLease && this.#wasLeasedLast;
    return decideGate({ tool, effect, cutBy: this.#cutRuns.stopOf(conversationId, tool) }, { bundle: this.#bundleFor(conversationId), leaseUntilMs: this.#lease.untilMs, readsWithoutLease }, performance.now());
  }

  #effectOf({ tool, conversationId, effect }: LocalCall): ToolEffect | null {
    const tools = this.#bundleFor(conversationId)?.tools ?? {};
    const declared = Object.hasOwn(tools, tool) ? tools[tool] : undefined;
    return declared ? stricterEffect(declared.effect, effect) : null;
  }

  /** Asks Holdpoint itself, for whoever does not start a point. Answers `no_lease` when it cannot be had, and `conflict` when the ids belong to another call. */
  async check(question: GateQuestion): Promise<PointAnswer> {
    try {
      const answer = await this.#api.check(question);
      if (answer.decision === "permit") this.#cutRuns.forget(question.conversationId, question.tool);
      return answer;
    } catch (error) {
      return error instanceof AnsweredNo && error.isConflict ? noFor("conflict", error.message) : noFor("no_lease", `Holdpoint could not be asked: ${sentenceOf(error)}`);
    }
  }

  get state(): PointState {
    const leaseUntilMs = this.#lease.untilMs;
    return { state: this.#held !== null && leaseUntilMs !== null ? "open" : "closed", epoch: this.#held?.bundle.epoch ?? null, leaseUntilMs, isConnected: this.#isConnected, problem: this.#problem };
  }

  /** Called when something other than the lease's length changed; also when the point closes by itself. Answers how to stop listening. */
  onChange(listener: (state: PointState) => void): () => void {
    this.#changeListeners.add(listener);
    return () => void this.#changeListeners.delete(listener);
  }

  /** Called when a stop begins to cover the agent or, with the scope `tool`, one of its tools. Work in hand can be ended then. */
  onStop(listener: (stop: BundleStop) => void): () => void {
    this.#stopListeners.add(listener);
    return () => void this.#stopListeners.delete(listener);
  }

  /** Says goodbye and refuses everything from then on. A closed point does not start again. */
  async close(): Promise<void> {
    if (this.#isOver) return;
    this.#isOver = true;
    const lastConfirmed = this.#confirming.end();
    void this.#reading.end();
    this.#compensations.end();
    clearTimeout(this.#streamAgain);
    this.#stream?.close();
    this.#isConnected = false;
    this.#refused();
    this.#started();
    this.#told();
    // A confirmation that arrives after the goodbye would bring the point back to life.
    await lastConfirmed;
    if (this.#held) await this.#api.confirm(this.#token, this.#confirmation(this.#held, true), GOODBYE_WITHIN_MS).catch(() => undefined);
  }

  #connect(): void {
    if (this.#isOver) return;
    let connection: StreamConnection;
    try {
      connection = new StreamConnection(this.#api.streamAddress(), (event) => this.#isOver || this.#hear(event));
    } catch (error) {
      return this.#reconnect({ why: "ended", sentence: sentenceOf(error) });
    }
    this.#stream = connection;
    void connection.ended.then((end) => this.#reconnect(end));
  }

  #reconnect({ why, sentence }: StreamEnd): void {
    if (this.#isOver) return;
    const isNeverThrough = why === "silent" && !this.#isConnected;
    if (this.#isConnected) this.#failures = 0;
    this.#isConnected = false;
    this.#told(sentence);
    const delayMs = isNeverThrough ? STREAM_AGAIN_MS * (0.5 + Math.random()) : reconnectDelay(this.#failures, Math.random());
    this.#failures += 1;
    this.#streamAgain = setTimeout(() => this.#connect(), delayMs).unref();
    // What came meanwhile is not waited for.
    this.#reading.after(isNeverThrough ? 0 : POLL_EVERY_MS);
  }

  #hear({ event, data }: StreamEvent): void {
    const fields = fieldsOf(parsed(data));
    const sequence = numberIn(fields, "sequence");
    if (event === "hello") return this.#greeted(fields, sequence);
    if (event === "bye") return this.#dismissed(textIn(fields, "reason") === "revoked");
    if (event !== "bundle" && event !== "rehearsal" && event !== "ping") return;
    // Something was sent that never came.
    if (sequence > this.#sequence + (event === "ping" ? 0 : 1)) this.#reading.now();
    this.#sequence = Math.max(this.#sequence, sequence);
    if (event === "bundle") void this.#receive(textIn(fields, "bundle"));
    if (event === "rehearsal") this.#rehearse(textIn(fields, "rehearsal"));
  }

  #greeted(fields: Readonly<Record<string, unknown>>, sequence: number): void {
    this.#sequence = sequence;
    this.#token = textIn(fields, "token") || null;
    const everyMs = numberIn(fields, "confirmEveryMs");
    // However long Holdpoint would let it wait, a lease must be asked for before it ends.
    if (everyMs > 0) this.#confirmEveryMs = Math.min(Math.max(everyMs, 250), LEASE_MS / 2);
    this.#isConnected = true;
    this.#reading.notLater();
    this.#told(null);
    this.#confirming.now();
  }

  #dismissed(isRevoked: boolean): void {
    // What was granted to the key ends with the key.
    if (isRevoked) this.#refused();
    this.#stream?.close({ why: "ended", sentence: isRevoked ? "The API key was revoked." : "Holdpoint is closing." });
  }

  #rehearse(id: string): void {
    if (id === "") return;
    this.#rehearsals.add(id);
    this.#confirming.now();
  }

  async #receive(jws: string): Promise<void> {
    if (jws === this.#held?.jws) return;
    let bundle: Bundle | null;
    try {
      const read = this.#keys.read(jws);
      bundle = read instanceof Promise ? await read : read;
    } catch (error) {
      this.#told(`The keys could not be read: ${sentenceOf(error)}`);
      return this.#reading.after(reconnectDelay(this.#failures, Math.random()));
    }
    if (this.#isOver) return;
    if (bundle === null) return this.#told("A bundle came that is not signed by Holdpoint; it is not applied.");
    if (bundle.agentId !== this.#agentId) return this.#told(`A bundle of ${bundle.agentId} came; it is not applied.`);
    const heldEpoch = this.#held?.bundle.epoch ?? -1;
    if (bundle.epoch < heldEpoch) return this.#told(`A bundle of the epoch ${bundle.epoch} came after one of ${heldEpoch}; it is not applied.`);
    this.#apply(bundle, jws);
  }

  #apply(bundle: Bundle, jws: string): void {
    const known = new Set(this.#held?.bundle.stops.map(({ id }) => id));
    this.#held = { bundle, jws };
    this.#problem = null;
    this.#confirming.now();
    this.#told();
    for (const stop of bundle.stops.filter(({ id }) => !known.has(id))) tellListeners(this.#stopListeners, stop);
  }

  #confirmation({ bundle, jws }: { bundle: Bundle; jws: string }, isLeaving: boolean) {
    return { bundle: jws, rehearsals: [...this.#rehearsals], refusesProbe: probesOf(bundle).every((tool) => this.decide(tool).decision === "deny"), isLeaving };
  }

  async #confirm(): Promise<number | null> {
    if (this.#held === null) return null;
    const confirmation = this.#confirmation(this.#held, false);
    const asked = askedNow();
    try {
      const { leaseMs, isBehind } = await this.#api.confirm(this.#token, confirmation);
      if (this.#isOver) return null;
      for (const id of confirmation.rehearsals) this.#rehearsals.delete(id);
      this.#leased(asked, leaseMs);
      if (isBehind) this.#reading.now();
      this.#confirmFailures = 0;
      return this.#confirmEveryMs;
    } catch (error) {
      if (this.#isOver) return null;
      // A token that is not taken any more is left away; then the key says who this is.
      const isTokenOver = error instanceof AnsweredNo && error.status === 401 && this.#token !== null;
      if (isTokenOver) this.#token = null;
      else if (error instanceof AnsweredNo && error.isFinal) this.#wasLeasedLast = false;
      this.#told(`The bundle could not be confirmed: ${sentenceOf(error)}`);
      this.#confirmFailures += 1;
      return isTokenOver ? 0 : Math.min(this.#confirmEveryMs, reconnectDelay(this.#confirmFailures, Math.random()));
    }
  }

  #leased(asked: Asked, leaseMs: number): void {
    if (leaseMs > 0) {
      this.#wasLeasedLast = true;
      // Never longer than the rule that the console counts with.
      this.#lease.extend(asked, Math.min(leaseMs, LEASE_MS));
      if (this.#lease.isHeld) this.#started();
    } else this.#refused();
    this.#told(leaseMs > 0 ? null : "Holdpoint gives no lease.");
  }

  #refused(): void {
    this.#wasLeasedLast = false;
    this.#lease.end();
  }

  /** Reads what the stream did not bring; goes on every few seconds while there is no stream. */
  async #read(): Promise<number | null> {
    try {
      const { bundle, token, rehearsals } = await this.#api.bundle();
      if (this.#isOver) return null;
      if (token !== "") this.#token = token;
      rehearsals.forEach((id) => this.#rehearse(id));
      await this.#receive(bundle);
    } catch (error) {
      if (error instanceof AnsweredNo && error.isFinal) this.#wasLeasedLast = false;
      this.#told(`The bundle could not be read: ${sentenceOf(error)}`);
    }
    return this.#isConnected ? null : POLL_EVERY_MS;
  }

  #told(problem: string | null = this.#problem): void {
    this.#problem = problem;
    const state = this.state;
    const { leaseUntilMs: _, ...told } = state;
    const text = JSON.stringify(told);
    if (text === this.#lastTold) return;
    this.#lastTold = text;
    tellListeners(this.#changeListeners, state);
  }
}

/** A point that has started: resolves with the first verified bundle and lease. */
export async function connect(options: PointOptions): Promise<EnforcementPoint> {
  const point = new EnforcementPoint(options);
  await point.start();
  return point;
}
