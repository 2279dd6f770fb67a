/** What Tandem uses of noble, bleno and the HCI socket: their own types are incomplete. Source: the packages' code, versions 1.9.2-26, 0.6.2 and 0.5.3-12. */
import type { EventEmitter } from 'node:events';

/** A Bluetooth controller as both packages want it; emits 'data' with one H4 packet each, and 'error'. */
export interface HciSocket extends EventEmitter {
  getDeviceList(): readonly { readonly devId: number | null; readonly devUp: boolean | null }[];
  /** Gives the number of the adapter it got. */
  bindRaw(adapter?: number): number;
  bindUser(adapter?: number): number;
  bindControl(): number;
  isDevUp(): boolean;
  start(): void;
  stop(): void;
  reset(): void;
  setFilter(filter: Buffer): void;
  write(packet: Buffer): void;
}

export type HciSocketClass = new () => HciSocket;

export interface NobleCharacteristic extends EventEmitter {
  readonly uuid: string;
  readonly properties: readonly string[];
  write(data: Buffer, withoutResponse: boolean, callback?: (error: null) => void): void;
  read(callback: (error: null, data: Buffer) => void): void;
  subscribe(callback: (error: null) => void): void;
}

/** In HCI units. Source: Core Specification, volume 4, part E, section 7.8.12. */
export interface ConnectionParameters {
  /** In units of 1.25 ms. */
  readonly minInterval: number;
  readonly maxInterval: number;
  /** In connection events. */
  readonly latency: number;
  /** In units of 10 ms. */
  readonly timeout: number;
}

/** A device that noble may connect to. */
export interface NoblePeripheral extends EventEmitter {
  /** The address without colons. */
  readonly id: string;
  /** null until the exchange is over. */
  readonly mtu: number | null;
  connect(parameters: ConnectionParameters, callback: (error: Error | null | undefined) => void): void;
  discoverSomeServicesAndCharacteristics(
    serviceUuids: readonly string[],
    characteristicUuids: readonly string[],
    callback: (error: string | null, services: unknown, characteristics: readonly NobleCharacteristic[] | null) => void,
  ): void;
}

/** Emits 'stateChange' (state), 'scanStop', 'warning' (words). The underscored members are private, but the only way to what the package does not bound or mend itself. */
export interface Noble extends EventEmitter {
  /** Reading it for the first time starts the stack, which throws when there is no adapter. */
  readonly state: string;
  startScanning(serviceUuids: readonly string[], allowDuplicates: boolean): void;
  stopScanning(): void;
  cancelConnect(id: string): void;
  readonly _peripherals: Record<string, NoblePeripheral>;
  readonly _services: Record<string, unknown>;
  readonly _characteristics: Record<string, unknown>;
  readonly _descriptors: Record<string, unknown>;
  readonly _discoveredPeripheralUUids: Record<string, unknown>;
  readonly _bindings: NobleBindings;
}

/** The functions named on... are bound when the stack starts, those of NobleHci looked up at every call. */
export interface NobleBindings extends EventEmitter {
  readonly _hci: NobleHci;
  readonly _addresses: Record<string, unknown>;
  readonly _addresseTypes: Record<string, unknown>;
  readonly _connectable: Record<string, unknown>;
  readonly scannable: Record<string, unknown>;
  /** Handle by id, and id by handle. */
  readonly _handles: Record<string | number, unknown>;
  /** The connection that the controller was asked for. */
  _pendingConnectionUuid: string | null;
  _state: string | null;
  /** Of the central that is connected; null without one. */
  readonly _handle: number | null;
  onStateChange(state: string): void;
  onDiscover(
    status: number,
    address: string,
    addressType: string,
    isConnectable: boolean,
    advertisement: { readonly serviceUuids: readonly string[] },
    rssi: number,
    isScannable: boolean,
  ): void;
  onDisconnComplete(handle: number, reason: number): void;
  onAclDataPkt(handle: number, channel: number, data: Buffer): void;
}

/** Emits 'leScanEnableSet' (status). */
export interface NobleHci extends EventEmitter {
  readonly _socket: HciSocket;
  /** ACL packets that the controller has no buffer for. */
  readonly _aclQueue: readonly unknown[];
  /** By handle: packets that the controller has. */
  readonly _aclConnections: Map<number, { pending: number }>;
  /** L2CAP packets of which fragments are missing, by handle. */
  readonly _handleBuffers: Record<number, { readonly length: number; readonly data: Buffer } | undefined>;
  init(): void;
  pollIsDevUp(): void;
  readLeBufferSize(): void;
  flushAcl(): Promise<void>;
  onSocketData(packet: Buffer): void;
  processLeConnComplete(status: number, data: Buffer): void;
  processLeAdvertisingReport(count: number, data: Buffer): void;
}

/** Functions that bleno calls when a central asks. */
export interface CharacteristicOptions {
  readonly uuid: string;
  readonly properties: readonly string[];
  readonly onReadRequest?: (offset: number, callback: (result: number, data?: Buffer) => void) => void;
  readonly onWriteRequest?: (
    data: Buffer,
    offset: number,
    withoutResponse: boolean,
    callback: (result: number) => void,
  ) => void;
  readonly onSubscribe?: (maxValueSize: number, updateValue: (data: Buffer) => void) => void;
  readonly onUnsubscribe?: () => void;
  readonly onNotify?: () => void;
}

/** Emits 'stateChange' (state), 'accept' (address), 'disconnect' (address), 'mtuChange' (mtu), 'advertisingStart' (error). */
export interface Bleno extends EventEmitter {
  readonly state: string;
  readonly mtu: number;
  readonly Characteristic: new (options: CharacteristicOptions) => unknown;
  readonly PrimaryService: new (options: {
    readonly uuid: string;
    readonly characteristics: readonly unknown[];
  }) => unknown;
  setServices(services: readonly unknown[], callback?: (error?: Error) => void): void;
  startAdvertisingWithEIRData(advertisement: Buffer, scanResponse: Buffer, callback?: (error?: Error) => void): void;
  stopAdvertising(callback?: () => void): void;
  disconnect(): void;
  /** Private, but the only way to what the package does not mend itself. */
  readonly _bindings: BlenoBindings;
}

export interface BlenoBindings extends EventEmitter {
  _state: string | null;
  /** Of the central that is connected; null without one. */
  readonly _handle: number | null;
  readonly _hci: BlenoHci;
  onStateChange(state: string): void;
  onAclDataPkt(handle: number, channel: number, data: Buffer): void;
}

/** Emits 'disconnComplete' (handle, reason) before the subscriptions of the connection end. Its functions are looked up when they are called. */
export interface BlenoHci extends EventEmitter {
  readonly _socket: HciSocket;
  _isDevUp: boolean | null;
  /** ACL packets that the controller has no buffer for. */
  readonly _aclOutQueue: readonly unknown[];
  /** L2CAP packets of which fragments are missing, by handle. */
  readonly _handleBuffers: Record<number, { readonly length: number; readonly data: Buffer } | undefined>;
  onSocketData(data: Buffer): void;
  processLeConnComplete(status: number, data: Buffer): void;
  pollIsDevUp(): void;
  setSocketFilter(): void;
  initDev(): void;
  setAdvertisingParameters(): void;
  queueAclDataPkt(handle: number, channel: number, data: Buffer): void;
}
