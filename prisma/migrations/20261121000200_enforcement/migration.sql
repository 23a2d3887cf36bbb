-- AlterTable
ALTER TABLE "stop" ADD COLUMN     "epoch" BIGINT,
ADD COLUMN     "not_proven_at" TIMESTAMPTZ(3),
ADD COLUMN     "probe_refused_at" TIMESTAMPTZ(3),
ADD COLUMN     "proof" JSONB,
ADD COLUMN     "proven_at" TIMESTAMPTZ(3);

-- CreateTable
CREATE TABLE "stop_confirmation" (
    "stop_id" TEXT NOT NULL,
    "point_id" TEXT NOT NULL,
    "agent_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "epoch" BIGINT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "stop_confirmation_pkey" PRIMARY KEY ("stop_id","point_id")
);

-- CreateTable
CREATE TABLE "enforcement_point" (
    "id" TEXT NOT NULL,
    "agent_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "key_id" TEXT,
    "epoch" BIGINT,
    "epoch_confirmed_at" TIMESTAMPTZ(3),
    "first_heard_at" TIMESTAMPTZ(3) NOT NULL,
    "last_heard_at" TIMESTAMPTZ(3) NOT NULL,
    "lease_until" TIMESTAMPTZ(3) NOT NULL,
    "left_at" TIMESTAMPTZ(3),
    "fault" TEXT,
    "fault_at" TIMESTAMPTZ(3),

    CONSTRAINT "enforcement_point_pkey" PRIMARY KEY ("id")
-- Each point is updated every few seconds: room on the page for the next row version, and no index on what moves.
) WITH (fillfactor = 50);

-- CreateTable
CREATE TABLE "rehearsal" (
    "id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "scope" TEXT NOT NULL,
    "target" TEXT NOT NULL DEFAULT '',
    "started_by" TEXT NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "epoch" BIGINT NOT NULL,
    "released_at" TIMESTAMPTZ(3),
    "ended_at" TIMESTAMPTZ(3),
    "is_proven" BOOLEAN,
    "expected" INTEGER NOT NULL DEFAULT 0,
    "answered" INTEGER NOT NULL DEFAULT 0,
    "median_ms" INTEGER,
    "p99_ms" INTEGER,
    "worst_ms" INTEGER,
    "probe_refused_at" TIMESTAMPTZ(3),
    "detail" JSONB,

    CONSTRAINT "rehearsal_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "rehearsal_answer" (
    "rehearsal_id" TEXT NOT NULL,
    "point_id" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "rehearsal_answer_pkey" PRIMARY KEY ("rehearsal_id","point_id")
);

-- CreateIndex
CREATE UNIQUE INDEX "enforcement_point_agent_id_name_key" ON "enforcement_point"("agent_id", "name");

-- CreateIndex
CREATE INDEX "rehearsal_kind_started_at_idx" ON "rehearsal"("kind", "started_at");

-- CreateIndex
CREATE INDEX "rehearsal_ended_at_idx" ON "rehearsal"("ended_at");

-- AddForeignKey
ALTER TABLE "stop_confirmation" ADD CONSTRAINT "stop_confirmation_stop_id_fkey" FOREIGN KEY ("stop_id") REFERENCES "stop"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "rehearsal_answer" ADD CONSTRAINT "rehearsal_answer_rehearsal_id_fkey" FOREIGN KEY ("rehearsal_id") REFERENCES "rehearsal"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Stops that hold already: whoever reads from here on reads them.
UPDATE "stop" SET "epoch" = (SELECT "next" FROM "log_head" WHERE "id" = 1) WHERE "released_at" IS NULL;
