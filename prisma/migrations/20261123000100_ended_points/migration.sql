-- A person's word that the process of a point that did not obey a stop has ended.
ALTER TABLE "enforcement_point" ADD COLUMN     "ended_at" TIMESTAMPTZ(3),
ADD COLUMN     "ended_by" TEXT,
ADD COLUMN     "ended_how" TEXT;
