-- A point can be set up to go on reading when its lease has run out: it has not closed by itself for whatever stops reading, too. Points of before, and those that do not say, close.
ALTER TABLE "enforcement_point" ADD COLUMN "reads_without_lease" BOOLEAN NOT NULL DEFAULT false;
