"use server";

import { z } from "zod";
import { approvalSchema, approveChange, recordSpotCheck, recordSuiteResult, rejectChange, rejectionSchema, suiteResultSchema, withdrawChange } from "@/lib/operations/changes.ts";
import { serverAction, type FormState } from "@/lib/server-action.ts";

const changeId = z.string().min(1);
const count = z.coerce.number("A number, 0 or more.").int("A whole number.").min(0, "0 or more.");

const approve = serverAction(approvalSchema, async (actor, input) => {
  const { state, rolloutId } = await approveChange(actor, input);
  const approved = rolloutId === null ? "Approved. It is in effect." : "Approved. Its rollout is planned and waits for somebody to start it.";
  return { message: state === "approved" ? approved : "Your approval is recorded. The change takes effect when everything else is met." };
});
export async function approveAction(previous: FormState, form: FormData) {
  return approve(previous, form);
}

const reject = serverAction(rejectionSchema, async (actor, input) => {
  await rejectChange(actor, input);
  return { message: "Rejected." };
});
export async function rejectAction(previous: FormState, form: FormData) {
  return reject(previous, form);
}

const withdrawal = z.object({ changeId, reason: z.string().trim().max(4_000).nullable().default(null) });
const withdraw = serverAction(withdrawal, async (actor, input) => {
  await withdrawChange(actor, input);
  return { message: "Withdrawn." };
});
export async function withdrawAction(previous: FormState, form: FormData) {
  return withdraw(previous, form);
}

const suiteForm = suiteResultSchema.extend({ passed: count, failed: count, undecided: count.default(0) });
const recordSuite = serverAction(suiteForm, async (actor, input) => {
  const { state } = await recordSuiteResult(actor, input);
  return { message: state === "approved" ? "Recorded. It was the last thing that was missing, so the change is approved." : "Recorded." };
});
export async function recordSuiteAction(previous: FormState, form: FormData) {
  return recordSuite(previous, form);
}

const spotCheckForm = z.object({ changeId, verdict: z.enum(["good", "bad"]), comment: z.string().trim().max(4_000).nullable().default(null) });
const spotCheck = serverAction(spotCheckForm, async (actor, { verdict, ...input }) => {
  await recordSpotCheck(actor, { ...input, isGood: verdict === "good" });
  return { message: "Recorded." };
});
export async function spotCheckAction(previous: FormState, form: FormData) {
  return spotCheck(previous, form);
}
