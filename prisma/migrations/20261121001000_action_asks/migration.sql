-- What a held call asks, one by one: a policy each, with its approvers and how many of them. Before, the approvers of all were one list.
ALTER TABLE "action" ADD COLUMN "asks" JSONB NOT NULL DEFAULT '[]';
UPDATE "action" SET "asks" = jsonb_build_array(jsonb_build_object('approvers', to_jsonb("approvers"), 'persons', "approvals_needed")) WHERE "state" IN ('held', 'approved');
