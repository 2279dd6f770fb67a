/** The HCI socket that noble and bleno take, with an adapter of the air behind it. Source: @abandonware/bluetooth-hci-socket 0.5.3-12. */
import { EventEmitter } from 'node:events';
import type { HciSocketClass } from '../ble/stacks.js';
import type { Adapter, Air } from './air.js';
import { PacketType } from './hci-codes.js';
import type { AdapterPower, HciPort } from './hci-port.js';

/** Chooses the adapter for the number that a stack asks for, if it asks for one. */
export type AdapterFor = (deviceId: number | undefined) => Adapter;

/** What a raw socket lets through: a bit per packet type, a bit per event code. Source: Linux, struct hci_filter. */
interface Filter {
  readonly types: number;
  readonly events: readonly [low: number, high: number];
}

/** A raw socket that nobody has set a filter on gets nothing. */
const nothing: Filter = { types: 0, events: [0, 0] };
const everything: Filter = { types: 0xffff_ffff, events: [0xffff_ffff, 0xffff_ffff] };

/**
 * A class as both stacks construct it: without arguments. Binding throws ENODEV where no adapter is; a write to one that is off or gone
 * is lost and emits ENETDOWN, as in Linux. The control channel, over which bleno gives keys to the kernel, takes everything and does nothing.
 */
export function createAirSocketClass(air: Air, adapterFor: AdapterFor): HciSocketClass {
  return class AirSocket extends EventEmitter {
    #adapter: Adapter | undefined;
    #port: HciPort | undefined;
    #filter = nothing;

    getDeviceList() {
      return air.adapters.map(({ power }, devId) => ({ devId, devUp: power === 'on' }));
    }

    bindRaw(deviceId?: number): number {
      return this.#bind(deviceId);
    }

    bindUser(deviceId?: number): number {
      this.#filter = everything;
      return this.#bind(deviceId);
    }

    bindControl(): number {
      return 0;
    }

    isDevUp(): boolean {
      return this.#adapter?.power === 'on';
    }

    start(): void {}

    stop(): void {
      this.#port?.close();
      this.#port = undefined;
    }

    reset(): void {}

    cleanup(): void {}

    setFilter(filter: Buffer): void {
      const [types, low, high] = [0, 4, 8].map((offset) => filter.readUInt32LE(offset));
      this.#filter = { types: types ?? 0, events: [low ?? 0, high ?? 0] };
    }

    write(packet: Buffer): void {
      if (this.#adapter === undefined) return;
      if (this.isDevUp()) this.#port?.write(packet);
      else setImmediate(() => this.#fail('ENETDOWN', 'Network is down'));
    }

    #bind(deviceId: number | undefined): number {
      const adapter = adapterFor(deviceId);
      if (adapter.power === 'gone') throw Object.assign(new Error('ENODEV, No such device'), { code: 'ENODEV' });
      this.stop();
      this.#adapter = adapter;
      this.#port = adapter.attach({
        receive: (packet) => this.#emitPacket(packet),
        sawCommand: (packet) => this.#emitPacket(packet),
        powerChanged: (power) => this.#noticePower(power),
      });
      return air.adapters.indexOf(adapter);
    }

    #emitPacket(packet: Uint8Array): void {
      if (passes(this.#filter, packet)) {
        this.emit('data', Buffer.from(packet.buffer, packet.byteOffset, packet.byteLength));
      }
    }

    #noticePower(power: AdapterPower): void {
      if (power !== 'gone') return;
      this.#port = undefined;
      this.#fail('EPIPE', 'Broken pipe');
    }

    /** Between two uses of a socket, noble takes its listeners away. */
    #fail(code: string, message: string): void {
      if (this.listenerCount('error') > 0) this.emit('error', Object.assign(new Error(message), { code }));
    }
  };
}

function passes({ types, events }: Filter, packet: Uint8Array): boolean {
  const [type = 0, code = 0] = packet;
  if (!hasBit(types, type)) return false;
  return type !== PacketType.event || hasBit(events[(code & 0x20) >> 5] ?? 0, code & 0x1f);
}

function hasBit(mask: number, bit: number): boolean {
  return (mask & (1 << bit)) !== 0;
}
