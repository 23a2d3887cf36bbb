// The CRM's contacts, with a revision that guards against lost updates.

import { existing, ToolFailure } from "./tool-failure.ts";

export interface Contact {
  id: string;
  name: string;
  company: string;
  email: string;
  phone: string;
  title: string;
  doNotContact: boolean;
  revision: number;
  mergedInto: string | null;
  notes: string[];
}

export type ContactField = "name" | "company" | "email" | "phone" | "title";

export class ContactList {
  readonly #contacts = new Map<string, Contact>();

  add(contact: Pick<Contact, "id" | "name" | "company" | "email" | "phone" | "title"> & { doNotContact?: boolean }): void {
    this.#contacts.set(contact.id, { doNotContact: false, ...contact, revision: 1, mergedInto: null, notes: [] });
  }

  find(query: { email?: string; name?: string; company?: string }): Contact[] {
    const isLike = (value: string, wanted: string | undefined) => wanted === undefined || value.toLowerCase() === wanted.toLowerCase();
    return [...this.#contacts.values()]
      .filter((contact) => contact.mergedInto === null && isLike(contact.email, query.email) && isLike(contact.name, query.name) && isLike(contact.company, query.company))
      .map((contact) => structuredClone(contact));
  }

  contact(id: string): Readonly<Contact> {
    return existing(this.#contacts.get(id), "unknown_contact", `There is no contact ${id}.`);
  }

  /** Saves the change of a colleague, so that the revision somebody read is out of date. */
  touch(id: string): void {
    this.#open(id).revision += 1;
  }

  update(id: string, revision: number, fields: Partial<Record<ContactField, string>>): Readonly<Contact> {
    const contact = this.#open(id);
    if (contact.doNotContact) throw new ToolFailure("locked_record", `${contact.name} is marked "do not contact"; only a person may change the record.`);
    if (contact.revision !== revision) throw new ToolFailure("conflict", `The record is at revision ${contact.revision}, not ${revision}.`);
    if (fields.email !== undefined && !/^[^@\s]+@[^@\s]+\.[a-z]+$/.test(fields.email)) throw new ToolFailure("invalid_email", "This is no e-mail address.");
    Object.assign(contact, fields);
    contact.revision += 1;
    return structuredClone(contact);
  }

  merge(keepId: string, otherId: string): Readonly<Contact> {
    const keep = this.#open(keepId);
    const other = this.#open(otherId);
    if (keep.email !== other.email || keep.company !== other.company) throw new ToolFailure("not_the_same", "E-mail address and company differ; these are two contacts.");
    other.mergedInto = keep.id;
    keep.notes.push(...other.notes);
    keep.revision += 1;
    return structuredClone(keep);
  }

  note(id: string, text: string): { notes: number } {
    const contact = this.#open(id);
    contact.notes.push(text);
    return { notes: contact.notes.length };
  }

  #open(id: string): Contact {
    const contact = existing(this.#contacts.get(id), "unknown_contact", `There is no contact ${id}.`);
    if (contact.mergedInto) throw new ToolFailure("merged", `${id} was merged into ${contact.mergedInto}.`);
    return contact;
  }
}
