// What can be measured from outside? The figures of GET /metrics.

import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from "prom-client";

function create() {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: "holdpoint_" });
  const registers = [registry];
  return {
    registry,
    httpRequests: new Counter({ name: "holdpoint_http_requests_total", help: "Answered requests to the agent API.", labelNames: ["route", "status"], registers }),
    httpSeconds: new Histogram({
      name: "holdpoint_http_request_seconds", help: "Time to answer a request to the agent API.", labelNames: ["route"], registers,
      buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    }),
    gateChecks: new Counter({ name: "holdpoint_gate_checks_total", help: "Questions of agents that the gate answered.", labelNames: ["decision"], registers }),
    gateSeconds: new Histogram({
      name: "holdpoint_gate_check_seconds", help: "Time to decide a question of an agent and to store the decision, without the wait for a person.", registers,
      buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    }),
    pendingApprovals: new Gauge({ name: "holdpoint_approvals_pending", help: "Actions that wait for a person.", registers }),
    approvalSeconds: new Histogram({
      name: "holdpoint_approval_wait_seconds", help: "From the question of an agent to the person's word that decided it.", labelNames: ["decision"], registers,
      buckets: [5, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600],
    }),
    ingestedSpans: new Counter({ name: "holdpoint_ingest_spans_total", help: "Spans stored, retries not counted twice.", labelNames: ["dialect"], registers }),
    rejectedSpans: new Counter({ name: "holdpoint_ingest_rejected_spans_total", help: "Spans refused for good.", registers }),
    sweeps: new Counter({ name: "holdpoint_sweep_runs_total", help: "Sweeps done.", labelNames: ["sweep", "result"], registers }),
    openFindings: new Gauge({ name: "holdpoint_open_findings", help: "Findings that are open.", registers }),
    openChanges: new Gauge({ name: "holdpoint_open_changes", help: "Changes that wait for a decision.", registers }),
    stopPathProven: new Gauge({ name: "holdpoint_stop_path_proven", help: "1 when the last exercise of the stop path went through, 0 when it failed.", registers }),
    stopPathProvenAt: new Gauge({ name: "holdpoint_stop_path_last_proof_timestamp_seconds", help: "When the stop path was last exercised.", registers }),
    stopPathP99: new Gauge({ name: "holdpoint_stop_path_p99_seconds", help: "From the stored latch to the confirmation of a point, at the last exercise.", registers }),
    stopPathPoints: new Gauge({ name: "holdpoint_stop_path_points", help: "Enforcement points: live now, expected and answered at the last exercise.", labelNames: ["state"], registers }),
    judgeSelfTest: new Gauge({ name: "holdpoint_judge_self_test_passed", help: "1 when the judge of rollouts found what was seeded at its start, 0 when it did not: then rollouts are held.", registers }),
    engagedStops: new Gauge({ name: "holdpoint_kill_switches_engaged", help: "Kill switches that are engaged.", registers }),
  };
}

const shared = globalThis as typeof globalThis & { holdpointMetrics?: ReturnType<typeof create> };

export const metrics = (): ReturnType<typeof create> => (shared.holdpointMetrics ??= create());
