-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateTable
CREATE TABLE "agent" (
    "id" TEXT NOT NULL,
    "card" JSONB NOT NULL,
    "card_revision" INTEGER NOT NULL DEFAULT 1,
    "card_edited_at" TIMESTAMPTZ(3) NOT NULL,
    "tier" INTEGER,
    "tier_set_at" TIMESTAMPTZ(3),
    "tier_set_by" TEXT,
    "stage" TEXT NOT NULL DEFAULT 'shadow',
    "stage_since" TIMESTAMPTZ(3) NOT NULL,
    "current_version_id" TEXT,
    "authority_level" TEXT NOT NULL DEFAULT 'shadow',
    "authority_binding" TEXT NOT NULL DEFAULT 'card',
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "created_by" TEXT NOT NULL,
    "last_seen_at" TIMESTAMPTZ(3),
    "archived_at" TIMESTAMPTZ(3),

    CONSTRAINT "agent_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "agent_owner" (
    "agent_id" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "person_id" TEXT NOT NULL,
    "is_deputy" BOOLEAN NOT NULL DEFAULT false,
    "deputy_until" TIMESTAMPTZ(3),

    CONSTRAINT "agent_owner_pkey" PRIMARY KEY ("agent_id","role","person_id")
);

-- CreateTable
CREATE TABLE "component" (
    "digest" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "content" JSONB NOT NULL,

    CONSTRAINT "component_pkey" PRIMARY KEY ("digest")
);

-- CreateTable
CREATE TABLE "agent_version" (
    "id" TEXT NOT NULL,
    "agent_id" TEXT NOT NULL,
    "number" INTEGER NOT NULL,
    "label" TEXT,
    "fingerprint" TEXT NOT NULL,
    "components" JSONB NOT NULL,
    "source" TEXT NOT NULL,
    "source_ref" TEXT,
    "created_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "approved_at" TIMESTAMPTZ(3),

    CONSTRAINT "agent_version_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "override" (
    "id" TEXT NOT NULL,
    "agent_id" TEXT NOT NULL,
    "source" TEXT NOT NULL,
    "level" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "created_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "revoked_at" TIMESTAMPTZ(3),
    "revoked_by" TEXT,

    CONSTRAINT "override_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "stop" (
    "id" TEXT NOT NULL,
    "scope" TEXT NOT NULL,
    "target" TEXT NOT NULL DEFAULT '',
    "reason" TEXT,
    "engaged_by" TEXT NOT NULL,
    "engaged_at" TIMESTAMPTZ(3) NOT NULL,
    "release_asked_by" TEXT,
    "release_reason" TEXT,
    "release_asked_at" TIMESTAMPTZ(3),
    "released_by" TEXT,
    "released_at" TIMESTAMPTZ(3),

    CONSTRAINT "stop_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "authority_record" (
    "id" BIGSERIAL NOT NULL,
    "agent_id" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "level" TEXT NOT NULL,
    "binding" TEXT NOT NULL,
    "reason" TEXT NOT NULL,

    CONSTRAINT "authority_record_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "change" (
    "id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "agent_id" TEXT,
    "from_version_id" TEXT,
    "to_version_id" TEXT,
    "proposal" JSONB NOT NULL,
    "fingerprint" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'open',
    "class" TEXT NOT NULL,
    "facts" JSONB NOT NULL,
    "rules" JSONB NOT NULL,
    "obligations" JSONB NOT NULL,
    "policy_revision" INTEGER NOT NULL,
    "author_id" TEXT NOT NULL,
    "author_name" TEXT NOT NULL,
    "source_ref" TEXT,
    "reason" TEXT,
    "is_retroactive" BOOLEAN NOT NULL DEFAULT false,
    "proposed_at" TIMESTAMPTZ(3) NOT NULL,
    "revision" INTEGER NOT NULL DEFAULT 1,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "decided_at" TIMESTAMPTZ(3),
    "decided_by" TEXT,
    "decided_reason" TEXT,
    "spot_check_due" BOOLEAN NOT NULL DEFAULT false,
    "spot_checked_by" TEXT,
    "spot_checked_at" TIMESTAMPTZ(3),
    "first_seen_live_at" TIMESTAMPTZ(3),

    CONSTRAINT "change_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "review" (
    "id" TEXT NOT NULL,
    "change_id" TEXT NOT NULL,
    "person_id" TEXT NOT NULL,
    "person_name" TEXT NOT NULL,
    "roles" TEXT[],
    "decision" TEXT NOT NULL,
    "comment" TEXT,
    "fingerprint" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "voided_at" TIMESTAMPTZ(3),
    "voided_reason" TEXT,

    CONSTRAINT "review_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "suite_result" (
    "id" TEXT NOT NULL,
    "change_id" TEXT NOT NULL,
    "suite" TEXT NOT NULL,
    "fingerprint" TEXT NOT NULL,
    "passed" INTEGER NOT NULL,
    "failed" INTEGER NOT NULL,
    "undecided" INTEGER NOT NULL,
    "url" TEXT,
    "recorded_by" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "suite_result_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "review_policy" (
    "revision" INTEGER NOT NULL,
    "content" JSONB NOT NULL,
    "digest" TEXT NOT NULL,
    "effective_at" TIMESTAMPTZ(3) NOT NULL,
    "change_id" TEXT,

    CONSTRAINT "review_policy_pkey" PRIMARY KEY ("revision")
);

-- CreateTable
CREATE TABLE "finding" (
    "id" TEXT NOT NULL,
    "agent_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "about" TEXT NOT NULL,
    "sentence" TEXT NOT NULL,
    "evidence" JSONB NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'open',
    "opened_at" TIMESTAMPTZ(3) NOT NULL,
    "last_seen_at" TIMESTAMPTZ(3) NOT NULL,
    "run_count" INTEGER NOT NULL DEFAULT 0,
    "change_id" TEXT,
    "closed_at" TIMESTAMPTZ(3),
    "closed_by" TEXT,
    "resolution" TEXT,

    CONSTRAINT "finding_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "observed_component" (
    "agent_id" TEXT NOT NULL,
    "version_label" TEXT NOT NULL,
    "in_shadow" BOOLEAN NOT NULL,
    "facet" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "value" TEXT NOT NULL,
    "content" JSONB,
    "first_seen_at" TIMESTAMPTZ(3) NOT NULL,
    "last_seen_at" TIMESTAMPTZ(3) NOT NULL,
    "example_run_id" TEXT,
    "example_span_id" TEXT,
    "judged_at" TIMESTAMPTZ(3),
    "matches" BOOLEAN,
    "verdict" TEXT,
    "finding_id" TEXT,

    CONSTRAINT "observed_component_pkey" PRIMARY KEY ("agent_id","version_label","in_shadow","facet","name","value")
);

-- CreateTable
CREATE TABLE "log_entry" (
    "index" BIGINT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "kind" TEXT NOT NULL,
    "actor" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "agent_id" TEXT,
    "body" TEXT NOT NULL,
    "hash" BYTEA NOT NULL,

    CONSTRAINT "log_entry_pkey" PRIMARY KEY ("index")
);

-- CreateTable
CREATE TABLE "log_head" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "next" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "log_head_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "person" (
    "id" TEXT NOT NULL,
    "email" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "password_hash" TEXT,
    "oidc_subject" TEXT,
    "house_roles" TEXT[],
    "session_version" INTEGER NOT NULL DEFAULT 1,
    "disabled_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "last_sign_in_at" TIMESTAMPTZ(3),

    CONSTRAINT "person_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "sign_in_failure" (
    "id" BIGSERIAL NOT NULL,
    "subject" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "sign_in_failure_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "api_key" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "secret_hash" TEXT NOT NULL,
    "hint" TEXT NOT NULL,
    "agent_ids" TEXT[],
    "scopes" TEXT[],
    "person_id" TEXT,
    "created_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "last_used_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "api_key_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "setting" (
    "key" TEXT NOT NULL,
    "value" JSONB NOT NULL,

    CONSTRAINT "setting_pkey" PRIMARY KEY ("key")
);

-- CreateTable
CREATE TABLE "run" (
    "id" TEXT NOT NULL,
    "agent_id" TEXT NOT NULL,
    "conversation_id" TEXT NOT NULL,
    "is_keyed_by_trace" BOOLEAN NOT NULL,
    "version_id" TEXT,
    "version_label" TEXT,
    "stage" TEXT NOT NULL,
    "name" TEXT,
    "started_at" TIMESTAMPTZ(6) NOT NULL,
    "ended_at" TIMESTAMPTZ(6) NOT NULL,
    "received_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    "outcome" TEXT,
    "outcome_source" TEXT,
    "outcome_at" TIMESTAMPTZ(3),
    "is_escalated" BOOLEAN NOT NULL DEFAULT false,
    "is_intervened" BOOLEAN NOT NULL DEFAULT false,
    "is_unreviewed" BOOLEAN NOT NULL DEFAULT false,
    "span_count" INTEGER NOT NULL DEFAULT 0,
    "tool_calls" INTEGER NOT NULL DEFAULT 0,
    "consequential_calls" INTEGER NOT NULL DEFAULT 0,
    "action_errors" INTEGER NOT NULL DEFAULT 0,
    "inference_calls" INTEGER NOT NULL DEFAULT 0,
    "input_tokens" BIGINT NOT NULL DEFAULT 0,
    "output_tokens" BIGINT NOT NULL DEFAULT 0,
    "cache_read_tokens" BIGINT NOT NULL DEFAULT 0,
    "cost_nano_usd" BIGINT NOT NULL DEFAULT 0,
    "unknown_cost_calls" INTEGER NOT NULL DEFAULT 0,
    "error_sentence" TEXT,
    "records" JSONB NOT NULL DEFAULT '[]',
    "segments" JSONB NOT NULL DEFAULT '{}',
    "tool_names" TEXT[],

    CONSTRAINT "run_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "trace" (
    "agent_id" TEXT NOT NULL,
    "trace_id" TEXT NOT NULL,
    "run_id" TEXT NOT NULL,

    CONSTRAINT "trace_pkey" PRIMARY KEY ("agent_id","trace_id")
);

-- CreateTable
CREATE TABLE "span" (
    "agent_id" TEXT NOT NULL,
    "trace_id" TEXT NOT NULL,
    "span_id" TEXT NOT NULL,
    "started_at" TIMESTAMPTZ(6) NOT NULL,
    "run_id" TEXT NOT NULL,
    "parent_span_id" TEXT,
    "name" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "dialect" TEXT NOT NULL,
    "duration_us" BIGINT NOT NULL,
    "status" TEXT NOT NULL,
    "error_type" TEXT,
    "error_message" TEXT,
    "provider" TEXT,
    "model" TEXT,
    "input_tokens" INTEGER,
    "output_tokens" INTEGER,
    "cache_read_tokens" INTEGER,
    "reasoning_tokens" INTEGER,
    "cost_nano_usd" BIGINT,
    "tool_name" TEXT,
    "tool_call_id" TEXT,
    "input" JSONB,
    "output" JSONB,
    "attributes" JSONB NOT NULL,

    CONSTRAINT "span_pkey" PRIMARY KEY ("agent_id","trace_id","span_id","started_at")
) PARTITION BY RANGE ("started_at");

-- CreateTable
CREATE TABLE "span_message" (
    "id" BIGSERIAL NOT NULL,
    "agent_id" TEXT NOT NULL,
    "trace_id" TEXT NOT NULL,
    "span_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "at" TIMESTAMPTZ(6) NOT NULL,
    "digest" TEXT NOT NULL,
    "body" JSONB NOT NULL,

    CONSTRAINT "span_message_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "rollup" (
    "agent_id" TEXT NOT NULL,
    "version_id" TEXT NOT NULL,
    "stage" TEXT NOT NULL,
    "hour" TIMESTAMPTZ(0) NOT NULL,
    "runs" INTEGER NOT NULL,
    "successes" INTEGER NOT NULL,
    "failures" INTEGER NOT NULL,
    "escalated" INTEGER NOT NULL,
    "intervened" INTEGER NOT NULL,
    "unreviewed" INTEGER NOT NULL,
    "tool_calls" INTEGER NOT NULL,
    "consequential_calls" INTEGER NOT NULL,
    "action_errors" INTEGER NOT NULL,
    "input_tokens" BIGINT NOT NULL,
    "output_tokens" BIGINT NOT NULL,
    "cost_known_runs" INTEGER NOT NULL,
    "cost_nano_usd" BIGINT NOT NULL,
    "latency" JSONB NOT NULL,

    CONSTRAINT "rollup_pkey" PRIMARY KEY ("agent_id","hour","version_id","stage")
);

-- CreateTable
CREATE TABLE "rollup_due" (
    "agent_id" TEXT NOT NULL,
    "hour" TIMESTAMPTZ(0) NOT NULL,
    "due_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "rollup_due_pkey" PRIMARY KEY ("agent_id","hour")
);

-- CreateTable
CREATE TABLE "price" (
    "id" TEXT NOT NULL,
    "provider" TEXT NOT NULL,
    "model" TEXT NOT NULL,
    "valid_from" TIMESTAMPTZ(3) NOT NULL,
    "valid_to" TIMESTAMPTZ(3),
    "input_micro_usd_per_million" BIGINT NOT NULL,
    "output_micro_usd_per_million" BIGINT NOT NULL,
    "cached_input_micro_usd_per_million" BIGINT,
    "source" TEXT NOT NULL,
    "created_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "price_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "import_progress" (
    "id" TEXT NOT NULL,
    "agent_id" TEXT,
    "lines" BIGINT NOT NULL DEFAULT 0,
    "spans" BIGINT NOT NULL DEFAULT 0,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "import_progress_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "agent_current_version_id_key" ON "agent"("current_version_id");

-- CreateIndex
CREATE INDEX "agent_owner_person_id_idx" ON "agent_owner"("person_id");

-- CreateIndex
CREATE UNIQUE INDEX "agent_version_agent_id_fingerprint_key" ON "agent_version"("agent_id", "fingerprint");

-- CreateIndex
CREATE UNIQUE INDEX "agent_version_agent_id_number_key" ON "agent_version"("agent_id", "number");

-- CreateIndex
CREATE INDEX "override_agent_id_expires_at_idx" ON "override"("agent_id", "expires_at");

-- CreateIndex
CREATE INDEX "stop_released_at_idx" ON "stop"("released_at");

-- CreateIndex
CREATE INDEX "authority_record_agent_id_at_idx" ON "authority_record"("agent_id", "at");

-- CreateIndex
CREATE INDEX "change_state_proposed_at_idx" ON "change"("state", "proposed_at");

-- CreateIndex
CREATE INDEX "change_agent_id_proposed_at_idx" ON "change"("agent_id", "proposed_at");

-- CreateIndex
CREATE INDEX "review_change_id_idx" ON "review"("change_id");

-- CreateIndex
CREATE INDEX "suite_result_change_id_idx" ON "suite_result"("change_id");

-- CreateIndex
CREATE INDEX "finding_agent_id_state_idx" ON "finding"("agent_id", "state");

-- CreateIndex
CREATE INDEX "finding_state_opened_at_idx" ON "finding"("state", "opened_at");

-- CreateIndex
CREATE INDEX "observed_component_judged_at_idx" ON "observed_component"("judged_at");

-- CreateIndex
CREATE INDEX "log_entry_agent_id_index_idx" ON "log_entry"("agent_id", "index" DESC);

-- CreateIndex
CREATE INDEX "log_entry_kind_index_idx" ON "log_entry"("kind", "index" DESC);

-- CreateIndex
CREATE INDEX "log_entry_actor_index_idx" ON "log_entry"("actor", "index" DESC);

-- CreateIndex
CREATE INDEX "log_entry_subject_idx" ON "log_entry"("subject");

-- CreateIndex
CREATE UNIQUE INDEX "person_email_key" ON "person"("email");

-- CreateIndex
CREATE UNIQUE INDEX "person_oidc_subject_key" ON "person"("oidc_subject");

-- CreateIndex
CREATE INDEX "sign_in_failure_subject_at_idx" ON "sign_in_failure"("subject", "at");

-- CreateIndex
CREATE UNIQUE INDEX "api_key_secret_hash_key" ON "api_key"("secret_hash");

-- CreateIndex
CREATE INDEX "run_agent_id_started_at_idx" ON "run"("agent_id", "started_at" DESC);

-- CreateIndex
CREATE INDEX "run_started_at_idx" ON "run"("started_at" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "run_agent_id_conversation_id_key" ON "run"("agent_id", "conversation_id");

-- CreateIndex
CREATE INDEX "trace_run_id_idx" ON "trace"("run_id");

-- CreateIndex
CREATE INDEX "span_run_id_idx" ON "span"("run_id");

-- CreateIndex
CREATE UNIQUE INDEX "span_message_agent_id_trace_id_span_id_digest_key" ON "span_message"("agent_id", "trace_id", "span_id", "digest");

-- CreateIndex
CREATE INDEX "rollup_hour_idx" ON "rollup"("hour");

-- CreateIndex
CREATE UNIQUE INDEX "price_provider_model_valid_from_key" ON "price"("provider", "model", "valid_from");

-- AddForeignKey
ALTER TABLE "agent" ADD CONSTRAINT "agent_current_version_id_fkey" FOREIGN KEY ("current_version_id") REFERENCES "agent_version"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "agent_owner" ADD CONSTRAINT "agent_owner_agent_id_fkey" FOREIGN KEY ("agent_id") REFERENCES "agent"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "agent_owner" ADD CONSTRAINT "agent_owner_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "person"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "agent_version" ADD CONSTRAINT "agent_version_agent_id_fkey" FOREIGN KEY ("agent_id") REFERENCES "agent"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "override" ADD CONSTRAINT "override_agent_id_fkey" FOREIGN KEY ("agent_id") REFERENCES "agent"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "authority_record" ADD CONSTRAINT "authority_record_agent_id_fkey" FOREIGN KEY ("agent_id") REFERENCES "agent"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "change" ADD CONSTRAINT "change_agent_id_fkey" FOREIGN KEY ("agent_id") REFERENCES "agent"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "change" ADD CONSTRAINT "change_from_version_id_fkey" FOREIGN KEY ("from_version_id") REFERENCES "agent_version"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "change" ADD CONSTRAINT "change_to_version_id_fkey" FOREIGN KEY ("to_version_id") REFERENCES "agent_version"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "review" ADD CONSTRAINT "review_change_id_fkey" FOREIGN KEY ("change_id") REFERENCES "change"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "suite_result" ADD CONSTRAINT "suite_result_change_id_fkey" FOREIGN KEY ("change_id") REFERENCES "change"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "finding" ADD CONSTRAINT "finding_agent_id_fkey" FOREIGN KEY ("agent_id") REFERENCES "agent"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "finding" ADD CONSTRAINT "finding_change_id_fkey" FOREIGN KEY ("change_id") REFERENCES "change"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "api_key" ADD CONSTRAINT "api_key_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "person"("id") ON DELETE SET NULL ON UPDATE CASCADE;



-- An agent has one open finding about one thing, however often it is seen.
CREATE UNIQUE INDEX "finding_open_key" ON "finding"("agent_id", "kind", "about") WHERE "state" = 'open';

-- One open proposal for one fingerprint of one agent.
CREATE UNIQUE INDEX "change_open_key" ON "change"("agent_id", "kind", "fingerprint") WHERE "state" = 'open';

-- The log only grows.
CREATE FUNCTION "refuse_log_edit"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the log is append-only';
END $$;
CREATE TRIGGER "log_entry_append_only" BEFORE UPDATE OR DELETE OR TRUNCATE ON "log_entry" FOR EACH STATEMENT EXECUTE FUNCTION "refuse_log_edit"();
INSERT INTO "log_head" ("id", "next") VALUES (1, 0);
