// Who works here, which systems there are, and who may use which.

import { existing, ToolFailure } from "./tool-failure.ts";

export interface Employee {
  id: string;
  name: string;
  department: string;
  kind: "employee" | "contractor";
  managerId: string;
  isActive: boolean;
}

export interface CatalogueSystem {
  id: string;
  risk: "low" | "medium" | "high";
  holdsCustomerData: boolean;
  ownerId: string;
  departments: readonly string[];
  roles: readonly string[];
}

export interface Grant {
  id: string;
  employeeId: string;
  systemId: string;
  role: string;
  purpose: string;
  until: number;
}

/** What the desk's own account may hand out; the directory refuses the rest whatever the desk decides. */
const GRANTABLE = new Set(["reader", "editor", "analyst"]);
const HOUR_MS = 3_600_000;

export class Directory {
  readonly #employees = new Map<string, Employee>();
  readonly #systems = new Map<string, CatalogueSystem>();
  readonly #grants = new Map<string, Grant>();
  #granted = 0;

  addEmployee(employee: Employee): void {
    this.#employees.set(employee.id, employee);
  }

  addSystem(system: CatalogueSystem): void {
    this.#systems.set(system.id, system);
  }

  employee(id: string): Readonly<Employee> {
    return existing(this.#employees.get(id), "unknown_person", `The directory knows nobody called ${id}.`);
  }

  system(id: string): Readonly<CatalogueSystem> {
    return existing(this.#systems.get(id), "unknown_system", `The catalogue has no system ${id}.`);
  }

  grantsOf(employeeId: string, now: number): Grant[] {
    return [...this.#grants.values()].filter((grant) => grant.employeeId === employeeId && grant.until > now);
  }

  grant(input: { employeeId: string; systemId: string; role: string; hours: number; purpose: string }, now: number): Grant {
    const employee = this.employee(input.employeeId);
    const system = this.system(input.systemId);
    if (!employee.isActive) throw new ToolFailure("account_disabled", `The account of ${employee.name} is disabled.`);
    if (!system.roles.includes(input.role)) throw new ToolFailure("unknown_role", `${system.id} has no role ${input.role}.`);
    if (!GRANTABLE.has(input.role)) throw new ToolFailure("insufficient_rights", `The access desk may not grant ${input.role}.`);
    if (this.grantsOf(employee.id, now).some((grant) => grant.systemId === system.id && grant.role === input.role)) {
      throw new ToolFailure("already_granted", `${employee.name} has ${input.role} on ${system.id} already.`);
    }
    this.#granted += 1;
    const grant = { id: `gr_${this.#granted}`, employeeId: employee.id, systemId: system.id, role: input.role, purpose: input.purpose, until: now + input.hours * HOUR_MS };
    this.#grants.set(grant.id, grant);
    return grant;
  }

  revoke(grantId: string): Grant {
    const grant = existing(this.#grants.get(grantId), "unknown_grant", `There is no grant ${grantId}.`);
    this.#grants.delete(grantId);
    return grant;
  }
}
