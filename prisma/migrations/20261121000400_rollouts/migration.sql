-- CreateTable
CREATE TABLE "rollout" (
    "id" TEXT NOT NULL,
    "agent_id" TEXT NOT NULL,
    "change_id" TEXT NOT NULL,
    "candidate_id" TEXT NOT NULL,
    "current_id" TEXT NOT NULL,
    "plan" JSONB NOT NULL,
    "state" TEXT NOT NULL,
    "stage_index" INTEGER NOT NULL DEFAULT 0,
    "exposure_index" INTEGER NOT NULL DEFAULT 0,
    "exposure" DOUBLE PRECISION NOT NULL DEFAULT 0,
    "salt" TEXT NOT NULL,
    "revision" INTEGER NOT NULL DEFAULT 1,
    "judge_state" JSONB,
    "verdict" JSONB,
    "verdict_at" TIMESTAMPTZ(3),
    "last_outcome_at" TIMESTAMPTZ(3),
    "planned_at" TIMESTAMPTZ(3) NOT NULL,
    "started_at" TIMESTAMPTZ(3),
    "started_by" TEXT,
    "step_since" TIMESTAMPTZ(3),
    "deadline_at" TIMESTAMPTZ(3),
    "ended_at" TIMESTAMPTZ(3),
    "reason" TEXT,
    "undo_id" TEXT,

    CONSTRAINT "rollout_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "rollout_event" (
    "id" BIGSERIAL NOT NULL,
    "rollout_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "stage_index" INTEGER NOT NULL,
    "exposure" DOUBLE PRECISION NOT NULL,
    "by" TEXT NOT NULL,
    "reason" TEXT,
    "detail" JSONB NOT NULL DEFAULT '{}',
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "rollout_event_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "rollout_approval" (
    "id" TEXT NOT NULL,
    "rollout_id" TEXT NOT NULL,
    "stage_index" INTEGER NOT NULL,
    "kind" TEXT NOT NULL,
    "person_id" TEXT NOT NULL,
    "person_name" TEXT NOT NULL,
    "roles" TEXT[],
    "reason" TEXT,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "rollout_approval_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "assignment" (
    "rollout_id" TEXT NOT NULL,
    "task_id" TEXT NOT NULL,
    "agent_id" TEXT NOT NULL,
    "unit" TEXT NOT NULL,
    "arm" TEXT NOT NULL,
    "probability" DOUBLE PRECISION NOT NULL,
    "stage_index" INTEGER NOT NULL,
    "exposure_index" INTEGER NOT NULL,
    "shadow_task_id" TEXT,
    "assigned_at" TIMESTAMPTZ(3) NOT NULL,
    "judged_at" TIMESTAMPTZ(3),
    "run_id" TEXT,
    "values" JSONB,
    "shadow_values" JSONB,
    "segments" JSONB,
    "exclusion" TEXT,

    CONSTRAINT "assignment_pkey" PRIMARY KEY ("rollout_id","task_id")
);

-- CreateIndex
CREATE UNIQUE INDEX "rollout_change_id_key" ON "rollout"("change_id");

-- CreateIndex
CREATE INDEX "rollout_agent_id_planned_at_idx" ON "rollout"("agent_id", "planned_at");

-- CreateIndex
CREATE INDEX "rollout_state_planned_at_idx" ON "rollout"("state", "planned_at");

-- CreateIndex
CREATE INDEX "rollout_event_rollout_id_at_idx" ON "rollout_event"("rollout_id", "at");

-- CreateIndex
CREATE UNIQUE INDEX "rollout_approval_rollout_id_stage_index_kind_person_id_key" ON "rollout_approval"("rollout_id", "stage_index", "kind", "person_id");

-- CreateIndex
CREATE INDEX "assignment_agent_id_task_id_idx" ON "assignment"("agent_id", "task_id");

-- CreateIndex
CREATE INDEX "assignment_agent_id_shadow_task_id_idx" ON "assignment"("agent_id", "shadow_task_id");

-- CreateIndex
CREATE INDEX "assignment_rollout_id_judged_at_idx" ON "assignment"("rollout_id", "judged_at");

-- CreateIndex
CREATE INDEX "assignment_rollout_id_unit_idx" ON "assignment"("rollout_id", "unit");

-- AddForeignKey
ALTER TABLE "rollout_event" ADD CONSTRAINT "rollout_event_rollout_id_fkey" FOREIGN KEY ("rollout_id") REFERENCES "rollout"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "rollout_approval" ADD CONSTRAINT "rollout_approval_rollout_id_fkey" FOREIGN KEY ("rollout_id") REFERENCES "rollout"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "assignment" ADD CONSTRAINT "assignment_rollout_id_fkey" FOREIGN KEY ("rollout_id") REFERENCES "rollout"("id") ON DELETE RESTRICT ON UPDATE CASCADE;



-- One open rollout for each agent.
CREATE UNIQUE INDEX "rollout_open_key" ON "rollout"("agent_id") WHERE "state" IN ('planned', 'running', 'paused', 'held');

-- Known only afterwards, from whoever reports the outcome.
ALTER TABLE "run" ADD COLUMN "has_escaped_violation" BOOLEAN NOT NULL DEFAULT false;
