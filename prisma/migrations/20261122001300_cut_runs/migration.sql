-- Runs of which a kill switch refused a call: its release starts none of them again.
CREATE TABLE "cut_run" (
    "agent_id" TEXT NOT NULL,
    "conversation_id" TEXT NOT NULL,
    "tool" TEXT NOT NULL,
    "stop_id" TEXT NOT NULL,
    "cut_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "cut_run_pkey" PRIMARY KEY ("agent_id","conversation_id","tool","stop_id")
);

-- CreateIndex
CREATE INDEX "cut_run_stop_id_idx" ON "cut_run"("stop_id");

-- AlterTable
ALTER TABLE "stop" ADD COLUMN     "restarted_by" TEXT,
ADD COLUMN     "restarted_at" TIMESTAMPTZ(3);
