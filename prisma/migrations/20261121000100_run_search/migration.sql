-- Finding runs by what they touched, used or said. Lists are always newest first, so each b-tree ends with the time.
CREATE INDEX "run_outcome_started_at_idx" ON "run"("outcome", "started_at" DESC);
CREATE INDEX "run_version_id_started_at_idx" ON "run"("version_id", "started_at" DESC);
CREATE INDEX "run_tool_names_idx" ON "run" USING GIN ("tool_names");
CREATE INDEX "run_records_idx" ON "run" USING GIN ("records" jsonb_path_ops);

-- The rare kinds: small indexes that only the rows in question pay for. Prisma cannot express them.
CREATE INDEX "run_escalated_idx" ON "run"("started_at" DESC) WHERE "is_escalated";
CREATE INDEX "run_intervened_idx" ON "run"("started_at" DESC) WHERE "is_intervened";
CREATE INDEX "run_unreviewed_idx" ON "run"("started_at" DESC) WHERE "is_unreviewed";
CREATE INDEX "run_error_idx" ON "run"("started_at" DESC) WHERE "error_sentence" IS NOT NULL;

-- Words of an error, whatever stands between them: "order.get" is found by "order".
CREATE INDEX "run_error_words_idx" ON "run" USING GIN (to_tsvector('simple', regexp_replace("error_sentence", '[^[:alnum:]]+', ' ', 'g'))) WHERE "error_sentence" IS NOT NULL;

-- The log by time.
CREATE INDEX "log_entry_at_idx" ON "log_entry"("at");
