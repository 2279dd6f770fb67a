/** Which client of a served air has which adapter: named ones stay for their next client, the others come and go. */
import type { Adapter, Air } from './air.js';
import { HciEvent, Opcode, PacketType } from './hci-codes.js';
import type { AdapterPower, HciHost, HciPort } from './hci-port.js';

/** Adapters are never forgotten, so their number is bounded; further names are refused. */
export const MAX_NAMED_ADAPTERS = 256;

/** Someone who wants an adapter. */
export interface Tenant {
  /** One H4 packet from the controller. */
  receive(packet: Uint8Array): void;
  powerChanged(power: AdapterPower): void;
  /** Another tenant asked for the adapter by its name, and gets it. */
  evicted(): void;
}

export interface Tenancy {
  readonly adapter: Adapter;
  readonly port: HciPort;
  /** Gives the adapter back; nothing is received any more. */
  leave(): void;
}

export interface AdapterPool {
  /**
   * The adapter of this name, as after a reset, or without a name one that no one has. Undefined: the tenant was evicted before it
   * had it. Rejects with Error: the adapter is gone, or there are too many names.
   */
  take(name: string | undefined, tenant: Tenant): Promise<Tenancy | undefined>;
}

/** Adapters of the air that have no name from a client are made as they are needed, and used again. */
export function createAdapterPool(air: Air): AdapterPool {
  const tenants = new Map<Adapter, Tenant>();
  const resets = new Map<Adapter, Promise<void>>();
  const unnamed = new Set<Adapter>();
  const free: Adapter[] = [];
  let names = 0;

  function findNamed(name: string): Adapter {
    const adapter = air.find(name);
    if (adapter !== undefined && !unnamed.has(adapter)) return adapter;
    if (adapter !== undefined) throw new Error(`${name} is the address of an adapter that has no name`);
    if (names === MAX_NAMED_ADAPTERS) throw new Error(`there are ${MAX_NAMED_ADAPTERS} adapters with a name already`);
    names += 1;
    return air.createAdapter({ name });
  }

  function findFree(): Adapter {
    const adapter = free.pop() ?? air.createAdapter();
    if (adapter.power === 'gone') adapter.plug();
    unnamed.add(adapter);
    return adapter;
  }

  function leave(adapter: Adapter, tenant: Tenant, desk: Desk): void {
    if (tenants.get(adapter) === tenant) tenants.delete(adapter);
    if (unnamed.has(adapter)) {
      desk.port.close();
      adapter.pull();
      free.push(adapter);
      return;
    }
    const reset = desk.reset().finally(() => {
      if (resets.get(adapter) === reset) resets.delete(adapter);
    });
    resets.set(adapter, reset);
  }

  return {
    async take(name, tenant) {
      const adapter = name === undefined ? findFree() : findNamed(name);
      const before = tenants.get(adapter);
      tenants.set(adapter, tenant);
      before?.evicted();
      await resets.get(adapter);
      if (tenants.get(adapter) !== tenant) return undefined;
      if (adapter.power === 'gone') {
        tenants.delete(adapter);
        throw new Error(`the adapter ${adapter.name} is gone`);
      }
      const desk = openDesk(adapter, tenant);
      return { adapter, port: desk.port, leave: () => leave(adapter, tenant, desk) };
    },
  };
}

/** A tenant's place at its adapter. */
interface Desk {
  readonly port: HciPort;
  /** As if the host had crashed and its system cleaned up: links end, nothing is advertised. Resolves when the controller is done. */
  reset(): Promise<void>;
}

const RESET_COMMAND = Uint8Array.of(PacketType.command, Opcode.reset & 0xff, Opcode.reset >> 8, 0);

function openDesk(adapter: Adapter, tenant: Tenant): Desk {
  let onReset: (() => void) | undefined;
  const host: HciHost = {
    receive(packet) {
      if (onReset === undefined) tenant.receive(packet);
      else if (isResetComplete(packet)) onReset();
    },
    powerChanged(power) {
      if (onReset === undefined) tenant.powerChanged(power);
      else onReset();
    },
  };
  const port = adapter.attach(host);
  return {
    port,
    reset: () =>
      new Promise((resolve) => {
        onReset = () => {
          port.close();
          resolve();
        };
        // While it is off it knows no command, and coming on again is a reset.
        if (adapter.power === 'on') port.write(RESET_COMMAND);
        else onReset();
      }),
  };
}

/** Event, Command Complete, length, credits, opcode. */
function isResetComplete([type, code, , , low = 0, high = 0]: Uint8Array): boolean {
  return type === PacketType.event && code === HciEvent.commandComplete && (low | (high << 8)) === Opcode.reset;
}
