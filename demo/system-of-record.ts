// The company that the demo fleet works for: seven small systems whose state really changes.

import { ContactList } from "./records/contact-list.ts";
import { Directory } from "./records/directory.ts";
import { Estate } from "./records/estate.ts";
import { Library } from "./records/library.ts";
import { OrderBook } from "./records/order-book.ts";
import { Payables } from "./records/payables.ts";
import { RunbookFolder } from "./records/runbook-folder.ts";

export class SystemOfRecord {
  readonly orders = new OrderBook();
  readonly directory = new Directory();
  readonly contacts = new ContactList();
  readonly payables = new Payables();
  readonly estate = new Estate();
  readonly library = new Library();
  readonly runbooks = new RunbookFolder();
}
