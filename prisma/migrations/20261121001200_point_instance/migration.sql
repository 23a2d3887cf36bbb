-- Two processes that call themselves the same are two points: each has a lease, and each has to confirm a stop. Empty for points of before, and for those that do not say.
ALTER TABLE "enforcement_point" ADD COLUMN "instance" TEXT NOT NULL DEFAULT '';
CREATE UNIQUE INDEX "enforcement_point_agent_id_name_instance_key" ON "enforcement_point"("agent_id", "name", "instance");
DROP INDEX "enforcement_point_agent_id_name_key";
