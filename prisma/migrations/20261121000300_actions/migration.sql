-- CreateTable
CREATE TABLE "gate_decision" (
    "id" TEXT NOT NULL,
    "agent_id" TEXT NOT NULL,
    "version_id" TEXT,
    "conversation_id" TEXT NOT NULL,
    "tool_call_id" TEXT NOT NULL,
    "tool" TEXT NOT NULL,
    "input_digest" TEXT NOT NULL,
    "input" JSONB,
    "decision" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "sentence" TEXT NOT NULL,
    "policies" TEXT[],
    "policy_digest" TEXT,
    "epoch" BIGINT,
    "facts" JSONB NOT NULL,
    "is_recommendation" BOOLEAN NOT NULL DEFAULT false,
    "action_id" TEXT,
    "decided_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "gate_decision_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "action" (
    "id" TEXT NOT NULL,
    "agent_id" TEXT NOT NULL,
    "version_id" TEXT,
    "conversation_id" TEXT NOT NULL,
    "tool_call_id" TEXT NOT NULL,
    "tool" TEXT NOT NULL,
    "effect" TEXT NOT NULL,
    "input" JSONB NOT NULL,
    "input_digest" TEXT NOT NULL,
    "asked_input" JSONB,
    "idempotency_key" TEXT NOT NULL,
    "request_digest" TEXT NOT NULL,
    "origin" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "on_behalf_of" TEXT,
    "justification" TEXT,
    "plan" TEXT,
    "confidence" DOUBLE PRECISION,
    "amount_minor" BIGINT,
    "currency" TEXT,
    "reason" TEXT NOT NULL,
    "sentence" TEXT NOT NULL,
    "policies" TEXT[],
    "policy_digest" TEXT,
    "epoch" BIGINT NOT NULL,
    "facts" JSONB NOT NULL,
    "approvers" TEXT[],
    "approvals_needed" INTEGER NOT NULL DEFAULT 1,
    "compensation" JSONB,
    "question" TEXT,
    "answer" TEXT,
    "prepared_by" TEXT NOT NULL,
    "prepared_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "decided_at" TIMESTAMPTZ(3),
    "dispatch_at" TIMESTAMPTZ(3),
    "started_at" TIMESTAMPTZ(3),
    "heartbeat_at" TIMESTAMPTZ(3),
    "ended_at" TIMESTAMPTZ(3),
    "result" JSONB,
    "downstream" JSONB,
    "error" TEXT,
    "reversible_until" TIMESTAMPTZ(3),
    "compensated_at" TIMESTAMPTZ(3),
    "stop_id" TEXT,
    "is_seeded" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "action_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "action_review" (
    "id" TEXT NOT NULL,
    "action_id" TEXT NOT NULL,
    "person_id" TEXT NOT NULL,
    "person_name" TEXT NOT NULL,
    "verdict" TEXT NOT NULL,
    "reason" TEXT,
    "input_digest" TEXT NOT NULL,
    "policy_digest" TEXT,
    "epoch" BIGINT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "voided_at" TIMESTAMPTZ(3),

    CONSTRAINT "action_review_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "usage_counter" (
    "agent_id" TEXT NOT NULL,
    "scope" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "calls" BIGINT NOT NULL DEFAULT 0,
    "amount_minor" BIGINT NOT NULL DEFAULT 0,
    "counted_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "usage_counter_pkey" PRIMARY KEY ("agent_id","scope","key")
);

-- CreateTable
CREATE TABLE "undo" (
    "id" TEXT NOT NULL,
    "agent_id" TEXT NOT NULL,
    "scope" TEXT NOT NULL,
    "target" TEXT NOT NULL,
    "since" TIMESTAMPTZ(3),
    "reason" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "started_by" TEXT NOT NULL,
    "started_by_name" TEXT NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "approved_by" TEXT,
    "approved_at" TIMESTAMPTZ(3),
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "undo_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "undo_step" (
    "id" TEXT NOT NULL,
    "undo_id" TEXT NOT NULL,
    "action_id" TEXT NOT NULL,
    "position" INTEGER NOT NULL,
    "state" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "next_attempt_at" TIMESTAMPTZ(3),
    "error" TEXT,
    "response" JSONB,
    "done_by" TEXT,
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "undo_step_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "hook_rehearsal" (
    "id" TEXT NOT NULL,
    "agent_id" TEXT NOT NULL,
    "tool" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "is_ok" BOOLEAN NOT NULL,
    "sentence" TEXT NOT NULL,
    "by" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "hook_rehearsal_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "gate_decision_agent_id_decided_at_idx" ON "gate_decision"("agent_id", "decided_at" DESC);

-- CreateIndex
CREATE INDEX "gate_decision_action_id_idx" ON "gate_decision"("action_id");

-- CreateIndex
CREATE UNIQUE INDEX "gate_decision_call_key" ON "gate_decision"("agent_id", "conversation_id", "tool_call_id", "tool", "input_digest");

-- CreateIndex
CREATE INDEX "action_state_expires_at_idx" ON "action"("state", "expires_at");

-- CreateIndex
CREATE INDEX "action_agent_id_prepared_at_idx" ON "action"("agent_id", "prepared_at" DESC);

-- CreateIndex
CREATE INDEX "action_prepared_at_id_idx" ON "action"("prepared_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "action_agent_id_conversation_id_idx" ON "action"("agent_id", "conversation_id");

-- CreateIndex
CREATE INDEX "action_version_id_prepared_at_idx" ON "action"("version_id", "prepared_at" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "action_agent_id_idempotency_key_key" ON "action"("agent_id", "idempotency_key");

-- CreateIndex
CREATE INDEX "action_review_action_id_idx" ON "action_review"("action_id");

-- CreateIndex
CREATE INDEX "usage_counter_counted_at_idx" ON "usage_counter"("counted_at");

-- CreateIndex
CREATE INDEX "undo_agent_id_started_at_idx" ON "undo"("agent_id", "started_at" DESC);

-- CreateIndex
CREATE INDEX "undo_state_idx" ON "undo"("state");

-- CreateIndex
CREATE INDEX "undo_step_state_next_attempt_at_idx" ON "undo_step"("state", "next_attempt_at");

-- CreateIndex
CREATE INDEX "undo_step_action_id_idx" ON "undo_step"("action_id");

-- CreateIndex
CREATE UNIQUE INDEX "undo_step_undo_id_action_id_key" ON "undo_step"("undo_id", "action_id");

-- CreateIndex
CREATE INDEX "hook_rehearsal_agent_id_tool_at_idx" ON "hook_rehearsal"("agent_id", "tool", "at" DESC);

-- AddForeignKey
ALTER TABLE "action_review" ADD CONSTRAINT "action_review_action_id_fkey" FOREIGN KEY ("action_id") REFERENCES "action"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "undo_step" ADD CONSTRAINT "undo_step_undo_id_fkey" FOREIGN KEY ("undo_id") REFERENCES "undo"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "undo_step" ADD CONSTRAINT "undo_step_action_id_fkey" FOREIGN KEY ("action_id") REFERENCES "action"("id") ON DELETE RESTRICT ON UPDATE CASCADE;


