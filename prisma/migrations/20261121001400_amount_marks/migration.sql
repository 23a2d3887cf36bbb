-- Latency and cost by segment: above which amounts tasks are counted. Of rollouts that run already they are frozen with the next outcomes, and only those count.
ALTER TABLE "rollout" ADD COLUMN "amount_marks" JSONB;
