-- CreateTable
CREATE TABLE "seeded_request" (
    "action_id" TEXT NOT NULL,
    "salt" TEXT NOT NULL,
    "committed_at" TIMESTAMPTZ(3) NOT NULL,
    "due_after" INTEGER NOT NULL,
    "held_so_far" INTEGER NOT NULL DEFAULT 0,
    "counted_until" TIMESTAMPTZ(3) NOT NULL,
    "agent_id" TEXT,
    "based_on" TEXT,
    "fault" TEXT,
    "faulty_path" TEXT[],
    "why" TEXT,
    "made_at" TIMESTAMPTZ(3),
    "outcome" TEXT,
    "revealed_at" TIMESTAMPTZ(3),

    CONSTRAINT "seeded_request_pkey" PRIMARY KEY ("action_id")
);

-- CreateIndex
CREATE INDEX "seeded_request_revealed_at_idx" ON "seeded_request"("revealed_at");
