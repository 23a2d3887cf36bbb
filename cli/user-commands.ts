// `holdpoint user …`

import { randomBytes } from "node:crypto";
import { text } from "node:stream/consumers";
import { createPerson, personSchema, systemActor } from "../lib/operations/people.ts";
import { checked, options } from "./checked.ts";
import type { Command } from "./command.ts";

export const createUser: Command = async (parameters) => {
  const { values } = options({
    args: parameters,
    options: { name: { type: "string" }, email: { type: "string" }, role: { type: "string" }, "password-stdin": { type: "boolean" }, json: { type: "boolean" } },
  });
  // Never as an argument: those are seen by everybody who can list processes.
  const given = values["password-stdin"] ? (await text(process.stdin)).replace(/\r?\n$/, "") : null;
  const password = given ?? randomBytes(15).toString("base64url");
  const houseRoles = values.role?.split(",").map((role) => role.trim()) ?? ["viewer"];
  const person = checked(personSchema, { name: values.name, email: values.email, password, houseRoles }, { houseRoles: "role", password: "password-stdin" });
  return async () => {
    const id = await createPerson(systemActor, person);
    if (values.json) process.stdout.write(`${JSON.stringify({ id, email: person.email, ...(given === null ? { password } : {}) })}\n`);
    else process.stdout.write(`${person.name} can sign in as ${person.email}.${given === null ? ` Password, shown once: ${password}` : ""}\n`);
  };
};
