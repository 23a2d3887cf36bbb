CREATE TABLE "rollout_tally" (
    "rollout_id" TEXT NOT NULL,
    "slot" INTEGER NOT NULL,
    "arm" TEXT NOT NULL,
    "seconds" INTEGER NOT NULL,
    "figures" JSONB NOT NULL,

    CONSTRAINT "rollout_tally_pkey" PRIMARY KEY ("rollout_id","slot","arm")
);

ALTER TABLE "rollout_tally" ADD CONSTRAINT "rollout_tally_rollout_id_fkey" FOREIGN KEY ("rollout_id") REFERENCES "rollout"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
