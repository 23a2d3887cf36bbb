-- The judge of a rollout asks every few seconds which runs did what must never be done, and which of the calls that were refused were made nevertheless.
CREATE INDEX "run_escaped_idx" ON "run"("agent_id") WHERE "has_escaped_violation";

CREATE INDEX "gate_decision_denied_idx" ON "gate_decision"("agent_id", "decided_at" DESC) WHERE "decision" = 'deny';

-- The page of a rollout says how many outcomes were reported otherwise after they were judged.
CREATE INDEX "assignment_corrected_idx" ON "assignment"("rollout_id") WHERE "values" ? 'isCorrected';
