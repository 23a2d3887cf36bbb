import { expect, test } from "vitest";
import type { JsonObject } from "../lib/domain/json-object.ts";
import { ApprovalTasks } from "./approval-task.ts";

const NOTHING_DONE = "Cancelled; nothing was done.";
const NOT_KNOWN = "Cancelled; the call was under way, and whether it took effect is not known.";

test.each<[string, boolean, string]>([["before its call", false, NOTHING_DONE], ["when the server has its call", true, NOT_KNOWN]])("a task that is cancelled %s says what is known of it, in both revisions", async (_, isBegun, sentence) => {
  for (const isModern of [true, false]) {
    const tasks = new ApprovalTasks();
    const begun = tasks.begin({ isModern, capabilities: {} }, "p", "A refund waits for a person.", (_signal, begin) => {
      if (isBegun) begin();
      return new Promise(() => undefined);
    });
    const { taskId } = (isModern ? begun : begun.task) as { taskId: string };
    const ask = (method: string, params: JsonObject = { taskId }) => tasks.answer(method, params, "p");
    await ask("tasks/cancel");
    expect(await ask("tasks/get")).toMatchObject({ result: { status: "cancelled", statusMessage: sentence } });
    if (!isModern) expect(await ask("tasks/result")).toMatchObject({ error: { message: sentence } });
  }
});

test("a call that ended is done, and cancelling its task changes nothing", async () => {
  const tasks = new ApprovalTasks();
  const { taskId } = tasks.begin({ isModern: true, capabilities: {} }, "p", "A refund waits for a person.", async (_signal, begin) => {
    begin();
    return { result: { content: [] } };
  }) as { taskId: string };
  await expect.poll(() => tasks.answer("tasks/get", { taskId }, "p")).toMatchObject({ result: { status: "completed" } });
  await tasks.answer("tasks/cancel", { taskId }, "p");
  expect(await tasks.answer("tasks/get", { taskId }, "p")).toMatchObject({ result: { status: "completed", statusMessage: "Done." } });
});
