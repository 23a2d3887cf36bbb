-- The owner without whom a reversal does not begin, as the card asked for when it was started; null: any second person.
ALTER TABLE "undo" ADD COLUMN "approver_role" TEXT;
