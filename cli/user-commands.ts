// `holdpoint user …`

import { text } from "node:stream/consumers";
import { z } from "zod";
import { createPerson, personSchema, systemActor } from "../lib/operations/people.ts";
import { newPassword, passwordSchema, resetPasswordOf } from "../lib/operations/passwords.ts";
import { checked, options } from "./checked.ts";
import type { Command } from "./command.ts";

/** Never as an argument: those are seen by everybody who can list processes. */
const readPassword = async (): Promise<string> => (await text(process.stdin)).replace(/\r?\n$/, "");

export const createUser: Command = async (parameters) => {
  const { values } = options({
    args: parameters,
    options: { name: { type: "string" }, email: { type: "string" }, role: { type: "string" }, "password-stdin": { type: "boolean" }, json: { type: "boolean" } },
  });
  const given = values["password-stdin"] ? await readPassword() : null;
  const password = given ?? newPassword();
  const houseRoles = values.role?.split(",").map((role) => role.trim()) ?? ["viewer"];
  const person = checked(personSchema, { name: values.name, email: values.email, password, houseRoles }, { houseRoles: "role", password: "password-stdin" });
  return async () => {
    const id = await createPerson(systemActor, person);
    if (values.json) process.stdout.write(`${JSON.stringify({ id, email: person.email, ...(given === null ? { password } : {}) })}\n`);
    else process.stdout.write(`${person.name} can sign in as ${person.email}.${given === null ? ` Password, shown once: ${password}` : ""}\n`);
  };
};

export const setUserPassword: Command = async (parameters) => {
  const { values } = options({ args: parameters, options: { email: { type: "string" }, "password-stdin": { type: "boolean" }, json: { type: "boolean" } } });
  const given = values["password-stdin"] ? await readPassword() : null;
  const input = checked(z.object({ email: personSchema.shape.email, password: passwordSchema }), { email: values.email, password: given ?? newPassword() }, { password: "password-stdin" });
  return async () => {
    const person = await resetPasswordOf(systemActor, input);
    if (values.json) process.stdout.write(`${JSON.stringify({ id: person.id, email: input.email, ...(given === null ? { password: input.password } : {}) })}\n`);
    else process.stdout.write(`${person.name} was signed out everywhere and chooses a new password at the next sign-in.${given === null ? ` Temporary password, shown once: ${input.password}` : ""}\n`);
  };
};
