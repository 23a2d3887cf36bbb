-- When an outcome of either version was last judged: of one that went silent the other one's outcomes say nothing. Of rollouts of before, as of both together.
ALTER TABLE "rollout" ADD COLUMN "current_outcome_at" TIMESTAMPTZ(3), ADD COLUMN "candidate_outcome_at" TIMESTAMPTZ(3);
UPDATE "rollout" SET "current_outcome_at" = "last_outcome_at", "candidate_outcome_at" = "last_outcome_at";
