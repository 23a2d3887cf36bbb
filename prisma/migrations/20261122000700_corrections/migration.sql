-- Which judged outcomes were corrected, and what is said of them now, is weighed by the judge every few seconds: once corrected, a task stays one of these.
UPDATE "assignment" SET "values" = ("values" - 'isCorrected') || jsonb_build_object('corrected', jsonb_build_object('success', CASE WHEN "values"->>'success' = '1' THEN 0 ELSE 1 END)) WHERE "values" ? 'isCorrected';

DROP INDEX "assignment_corrected_idx";

CREATE INDEX "assignment_corrected_idx" ON "assignment"("rollout_id") WHERE "values" ? 'corrected';
