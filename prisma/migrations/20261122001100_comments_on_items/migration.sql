-- What people say of something that waits, or waited. A new table, which nothing that runs already writes to.
CREATE TABLE "item_comment" (
    "id" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "person_id" TEXT NOT NULL,
    "person_name" TEXT NOT NULL,
    "text" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "item_comment_pkey" PRIMARY KEY ("id")
);

CREATE INDEX "item_comment_subject_at_idx" ON "item_comment"("subject", "at");
