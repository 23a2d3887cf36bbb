-- Nobody who had a hand in a change decides about it: one author is not all of them once it was edited, or sent by a key.
ALTER TABLE "change" ADD COLUMN "author_ids" TEXT[];
UPDATE "change" SET "author_ids" = ARRAY["author_id"];
ALTER TABLE "change" ALTER COLUMN "author_ids" SET NOT NULL;
ALTER TABLE "change" DROP COLUMN "author_id";

-- Who made a key has held its secret. The log knows it of keys that are there already.
ALTER TABLE "api_key" ADD COLUMN "created_by_id" TEXT;
UPDATE "api_key" k SET "created_by_id" = substr(l."actor", 8) FROM "log_entry" l WHERE l."kind" = 'key.created' AND l."subject" = k."id" AND l."actor" LIKE 'person:%';

-- What was left by a rollback is not what the next rollback goes back to.
ALTER TABLE "agent_version" ADD COLUMN "rolled_back_at" TIMESTAMPTZ(3);
UPDATE "agent_version" v SET "rolled_back_at" = l."at" FROM "log_entry" l
  WHERE l."kind" = 'version.rolled_back' AND substring(l."body" FROM '"from":"([^"]+)"') = v."id" AND v."approved_at" <= l."at";
