/** A controller behind a Unix socket that speaks H4, with the interface of @abandonware/bluetooth-hci-socket: noble and bleno run on it unchanged. */
import { EventEmitter } from 'node:events';
import type { HciSocketClass } from '../ble/stacks.js';
import { type H4Connection, type H4Member, shareH4Connection } from './h4-connection.js';
import { PacketType } from './hci-codes.js';

export interface H4SocketOptions {
  /** Of `tandem air`, or of another server that speaks H4, such as btvirt. */
  readonly path: string;
  /** The adapter of `tandem air` to have. Other servers know no names: leave it out there. Throws H4Error beyond MAX_ADAPTER_NAME_BYTES. */
  readonly name?: string;
}

/**
 * One class is one controller: its instances share one connection, as raw sockets share an adapter of Linux. When the connection fails
 * or ends, each started instance emits 'error' once, and nothing follows.
 */
export function createH4SocketClass(options: H4SocketOptions): HciSocketClass {
  const share = shareH4Connection(options);
  return class H4Socket extends EventEmitter {
    #connection: H4Connection | undefined;
    #showsCommands = false;
    readonly #member: H4Member = {
      receive: (packet) => this.emit('data', packet),
      sawCommand: (packet) => {
        if (this.#showsCommands) this.emit('data', packet);
      },
      failed: (error) => this.emit('error', error),
    };

    getDeviceList() {
      return [{ devId: 0, devUp: this.isDevUp() }];
    }

    bindRaw(adapter = 0): number {
      this.#connection ??= share();
      return adapter;
    }

    bindUser(adapter = 0): number {
      return this.bindRaw(adapter);
    }

    /** The management channel of the kernel: there is no kernel, so what is written is swallowed and nothing is said. */
    bindControl(): number {
      return 0;
    }

    /** Until the controller says otherwise it is on: what is written waits for the connection. */
    isDevUp(): boolean {
      return this.#connection?.power() === 'on';
    }

    /** noble starts a second time when the adapter comes back. */
    start(): void {
      this.#connection?.join(this.#member);
    }

    /** For good. The connection ends with its last instance. */
    stop(): void {
      this.#connection?.leave(this.#member);
    }

    reset(): void {}

    cleanup(): void {}

    /** Of the filter only whether commands of others are shown counts. Source: struct hci_filter of Linux, whose first word is a mask of packet types. */
    setFilter(filter: Buffer): void {
      this.#showsCommands = (filter.readUInt32LE(0) & (1 << PacketType.command)) !== 0;
    }

    write(packet: Buffer): void {
      this.#connection?.write(packet, this.#member);
    }
  };
}
