-- Who has what waits in the inbox, and who will look at it later. New tables, which nothing that runs already writes to.
CREATE TABLE "item_assignee" (
    "item" TEXT NOT NULL,
    "person_id" TEXT NOT NULL,
    "since" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "item_assignee_pkey" PRIMARY KEY ("item")
);

CREATE TABLE "item_snooze" (
    "person_id" TEXT NOT NULL,
    "item" TEXT NOT NULL,
    "seen_as" TEXT NOT NULL,
    "until" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "item_snooze_pkey" PRIMARY KEY ("person_id","item")
);

CREATE INDEX "item_snooze_until_idx" ON "item_snooze"("until");

ALTER TABLE "item_assignee" ADD CONSTRAINT "item_assignee_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "person"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "item_snooze" ADD CONSTRAINT "item_snooze_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "person"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
