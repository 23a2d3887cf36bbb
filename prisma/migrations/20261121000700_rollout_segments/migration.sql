-- CreateTable
CREATE TABLE "rollout_segment" (
    "rollout_id" TEXT NOT NULL,
    "place" INTEGER NOT NULL,
    "name" TEXT,
    "value" TEXT,
    "tasks" INTEGER NOT NULL,
    "figures" JSONB NOT NULL,

    CONSTRAINT "rollout_segment_pkey" PRIMARY KEY ("rollout_id","place")
);

-- CreateTable
CREATE TABLE "rollout_task_count" (
    "rollout_id" TEXT NOT NULL,
    "stage_index" INTEGER NOT NULL,
    "arm" TEXT NOT NULL,
    "known" INTEGER NOT NULL,
    "crossed" INTEGER NOT NULL,
    "early" INTEGER NOT NULL,
    "moved_unit" INTEGER NOT NULL,

    CONSTRAINT "rollout_task_count_pkey" PRIMARY KEY ("rollout_id","stage_index","arm")
);

-- AddForeignKey
ALTER TABLE "rollout_segment" ADD CONSTRAINT "rollout_segment_rollout_id_fkey" FOREIGN KEY ("rollout_id") REFERENCES "rollout"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "rollout_task_count" ADD CONSTRAINT "rollout_task_count_rollout_id_fkey" FOREIGN KEY ("rollout_id") REFERENCES "rollout"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
