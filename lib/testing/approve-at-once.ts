// The approvals that a held action needs, for tests: given by people who may, with the time to take them back over.

import { prisma } from "../database/database.ts";
import { readAsks } from "../domain/approval-ask.ts";
import { HOUSE_ROLES, OWNER_ROLES, type HouseRole } from "../domain/roles.ts";
import { newId } from "../new-id.ts";
import { makePerson } from "./make-agent.ts";

export async function approveAtOnce(actionId: string): Promise<void> {
  const { agentId, inputDigest, asks } = await prisma().action.findUniqueOrThrow({ where: { id: actionId } });
  for (const { approvers, persons } of readAsks(asks)) {
    const role = approvers[0]?.replace(/^role:/, "") ?? "operator";
    for (let given = 0; given < persons; given++) {
      const person = await makePerson("Ola", HOUSE_ROLES.filter((house): house is HouseRole => house === role));
      if ((OWNER_ROLES as readonly string[]).includes(role)) await prisma().agentOwner.create({ data: { agentId, role, personId: person.id } });
      await prisma().actionReview.create({ data: { id: newId("ax"), actionId, personId: person.id, personName: person.name, verdict: "approve", inputDigest, epoch: 1n, at: new Date() } });
    }
  }
  await prisma().action.update({ where: { id: actionId }, data: { state: "approved", decidedAt: new Date(), dispatchAt: new Date(Date.now() - 1) } });
}
