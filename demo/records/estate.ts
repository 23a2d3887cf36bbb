// Hosts and services, their health, and what an operation does to it.

import { existing, ToolFailure } from "./tool-failure.ts";

export type Symptom = "disk_full" | "memory_leak" | "stuck_worker" | "overload" | "none";

export interface Service {
  id: string;
  isStateful: boolean;
  instances: number;
  healthy: number;
  host: string;
  symptom: Symptom;
  /** How many right steps it still takes. */
  stepsToHealth: number;
  isFrozen: boolean;
}

export interface Host {
  id: string;
  diskPercent: number;
  answers: boolean;
  isDrained: boolean;
}

const MAX_INSTANCES = 12;

export class Estate {
  readonly #services = new Map<string, Service>();
  readonly #hosts = new Map<string, Host>();
  readonly #pages: string[] = [];

  addHost(host: Host): void {
    this.#hosts.set(host.id, { ...host });
  }

  addService(service: Service): void {
    this.#services.set(service.id, { ...service });
  }

  health(serviceId: string): { service: string; healthy: number; instances: number; symptom: Symptom; isStateful: boolean; isFrozen: boolean; host: Host } {
    const service = this.#service(serviceId);
    const { healthy, instances, symptom, isStateful, isFrozen } = service;
    return { service: service.id, healthy, instances, symptom, isStateful, isFrozen, host: { ...this.#host(service.host) } };
  }

  rotateLogs(serviceId: string): { host: string; diskPercent: number } {
    const service = this.#writable(serviceId);
    const host = this.#reachable(service.host);
    host.diskPercent = Math.max(35, host.diskPercent - 40);
    this.#helps(service, "disk_full");
    return { host: host.id, diskPercent: host.diskPercent };
  }

  restart(serviceId: string): { restarted: string; healthy: number } {
    const service = this.#writable(serviceId);
    this.#reachable(service.host);
    if (service.isStateful) throw new ToolFailure("stateful", `${service.id} is stateful; restarting it takes a person.`);
    if (service.healthy < 1) throw new ToolFailure("quorum_lost", `No instance of ${service.id} is healthy; a restart would end it.`);
    this.#helps(service, "memory_leak");
    this.#helps(service, "stuck_worker");
    return { restarted: service.id, healthy: service.healthy };
  }

  scale(serviceId: string, by: number): { service: string; instances: number } {
    const service = this.#writable(serviceId);
    if (service.isStateful) throw new ToolFailure("stateful", `${service.id} is stateful; it is not scaled by a runbook.`);
    if (service.instances + by > MAX_INSTANCES) throw new ToolFailure("limit_reached", `${service.id} may have ${MAX_INSTANCES} instances at most.`);
    service.instances += by;
    service.healthy += by;
    this.#helps(service, "overload");
    return { service: service.id, instances: service.instances };
  }

  page(reason: string): { page: string } {
    this.#pages.push(reason);
    return { page: `pg_${this.#pages.length}` };
  }

  #helps(service: Service, symptom: Symptom): void {
    if (service.symptom !== symptom) return;
    service.stepsToHealth -= 1;
    if (service.stepsToHealth > 0) return;
    service.symptom = "none";
    service.healthy = service.instances;
  }

  #service(id: string): Service {
    return existing(this.#services.get(id), "unknown_service", `There is no service ${id}.`);
  }

  #host(id: string): Host {
    return existing(this.#hosts.get(id), "unknown_host", `There is no host ${id}.`);
  }

  #writable(id: string): Service {
    const service = this.#service(id);
    if (service.isFrozen) throw new ToolFailure("change_freeze", `${service.id} is under a change freeze.`);
    return service;
  }

  #reachable(id: string): Host {
    const host = this.#host(id);
    if (!host.answers) throw new ToolFailure("host_unreachable", `${host.id} does not answer.`);
    return host;
  }
}
