-- Tasks of which telemetry came in after their outcome: put there with it, and taken away by the judge, so that neither waits for the other.
CREATE TABLE "changed_outcome" (
    "id" BIGSERIAL NOT NULL,
    "rollout_id" TEXT NOT NULL,
    "task_id" TEXT NOT NULL,

    CONSTRAINT "changed_outcome_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "changed_outcome_rollout_id_idx" ON "changed_outcome"("rollout_id");

-- AddForeignKey
ALTER TABLE "changed_outcome" ADD CONSTRAINT "changed_outcome_rollout_id_fkey" FOREIGN KEY ("rollout_id") REFERENCES "rollout"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
