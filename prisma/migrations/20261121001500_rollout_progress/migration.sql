-- CreateTable
CREATE TABLE "rollout_progress" (
    "rollout_id" TEXT NOT NULL,
    "tally" JSONB NOT NULL,

    CONSTRAINT "rollout_progress_pkey" PRIMARY KEY ("rollout_id")
);

-- AddForeignKey
ALTER TABLE "rollout_progress" ADD CONSTRAINT "rollout_progress_rollout_id_fkey" FOREIGN KEY ("rollout_id") REFERENCES "rollout"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- The judge asks every few seconds which tasks have just been without an outcome for too long: without this it reads the whole stage.
CREATE INDEX "assignment_by_chance_idx" ON "assignment"("rollout_id", "stage_index", "assigned_at") WHERE "probability" > 0 AND "probability" < 1 AND "shadow_task_id" IS NULL;
