/** Events from a controller to its host, as H4 packets. Source: Core Specification 5.3, volume 4, part E, section 7.7. */
import { type DeviceAddress, writeAddress } from './device-address.js';
import { HciEvent, LeEvent, PacketType } from './hci-codes.js';

/** How many commands the host may send before the next answer: always one. */
const COMMAND_CREDITS = 1;

/** Connection parameters in the units of the specification. */
export interface ConnectionParameters {
  /** In steps of 1.25 ms. */
  readonly interval: number;
  readonly latency: number;
  /** In steps of 10 ms. */
  readonly supervisionTimeout: number;
}

export interface ConnectionComplete extends ConnectionParameters {
  readonly status: number;
  readonly handle: number;
  /** 0 central, 1 peripheral. */
  readonly role: number;
  readonly peer: DeviceAddress;
}

/** Largest payload of one link-layer packet, in bytes, each way. */
export interface DataLength {
  readonly txBytes: number;
  readonly rxBytes: number;
}

/** Section 7.7.14; `values` begins with the status. */
export function commandComplete(opcode: number, values: Uint8Array): Buffer {
  return event(HciEvent.commandComplete, Buffer.concat([Uint8Array.of(COMMAND_CREDITS), word(opcode), values]));
}

/** Section 7.7.15. */
export function commandStatus(opcode: number, status: number): Buffer {
  return event(HciEvent.commandStatus, Buffer.concat([Uint8Array.of(status, COMMAND_CREDITS), word(opcode)]));
}

/** Section 7.7.5. */
export function disconnectionComplete(handle: number, reason: number): Buffer {
  return event(HciEvent.disconnectionComplete, Buffer.concat([Uint8Array.of(0), word(handle), Uint8Array.of(reason)]));
}

/** Section 7.7.8. */
export function encryptionChange(status: number, handle: number, isEncrypted: boolean): Buffer {
  const parameters = [Uint8Array.of(status), word(handle), Uint8Array.of(isEncrypted ? 1 : 0)];
  return event(HciEvent.encryptionChange, Buffer.concat(parameters));
}

/** Section 7.7.12; `version` is version, company and subversion as Read Local Version has them. */
export function readRemoteVersionComplete(handle: number, version: Uint8Array): Buffer {
  return event(HciEvent.readRemoteVersionComplete, Buffer.concat([Uint8Array.of(0), word(handle), version]));
}

/** Section 7.7.19, for one connection. */
export function numberOfCompletedPackets(handle: number, count: number): Buffer {
  return event(HciEvent.numberOfCompletedPackets, Buffer.concat([Uint8Array.of(1), word(handle), word(count)]));
}

/** Section 7.7.65.1. */
export function leConnectionComplete(complete: ConnectionComplete): Buffer {
  const parameters = Buffer.alloc(18);
  parameters.writeUInt8(complete.status, 0);
  parameters.writeUInt16LE(complete.handle, 1);
  parameters.writeUInt8(complete.role, 3);
  writeAddress(parameters, 4, complete.peer);
  writeConnection(parameters, 11, complete);
  return leMeta(LeEvent.connectionComplete, parameters);
}

/** Section 7.7.65.2, one report. */
export function leAdvertisingReport(type: number, from: DeviceAddress, data: Uint8Array, rssi: number): Buffer {
  const parameters = Buffer.alloc(11 + data.length);
  parameters.writeUInt8(1, 0);
  parameters.writeUInt8(type, 1);
  writeAddress(parameters, 2, from);
  parameters.writeUInt8(data.length, 9);
  parameters.set(data, 10);
  parameters.writeInt8(rssi, 10 + data.length);
  return leMeta(LeEvent.advertisingReport, parameters);
}

/** Section 7.7.65.3. */
export function leConnectionUpdateComplete(handle: number, connection: ConnectionParameters): Buffer {
  const parameters = Buffer.alloc(9);
  parameters.writeUInt16LE(handle, 1);
  writeConnection(parameters, 3, connection);
  return leMeta(LeEvent.connectionUpdateComplete, parameters);
}

/** Section 7.7.65.4. */
export function leReadRemoteFeaturesComplete(handle: number, features: Uint8Array): Buffer {
  return leMeta(LeEvent.readRemoteFeaturesComplete, Buffer.concat([Uint8Array.of(0), word(handle), features]));
}

/** Section 7.7.65.5; `identification` is the random number and the encrypted diversifier, 10 bytes. */
export function leLongTermKeyRequest(handle: number, identification: Uint8Array): Buffer {
  return leMeta(LeEvent.longTermKeyRequest, Buffer.concat([word(handle), identification]));
}

/** Section 7.7.65.7. */
export function leDataLengthChange(handle: number, { txBytes, rxBytes }: DataLength): Buffer {
  return leMeta(
    LeEvent.dataLengthChange,
    Buffer.concat([handle, txBytes, airTimeUs(txBytes), rxBytes, airTimeUs(rxBytes)].map(word)),
  );
}

/** Section 7.7.65.12. */
export function lePhyUpdateComplete(handle: number, txPhy: number, rxPhy: number): Buffer {
  return leMeta(
    LeEvent.phyUpdateComplete,
    Buffer.concat([Uint8Array.of(0), word(handle), Uint8Array.of(txPhy, rxPhy)]),
  );
}

/** Time of a link-layer packet on LE 1M, in microseconds: 14 bytes around the payload. Source: volume 6, part B, section 4.5.10. */
export function airTimeUs(payloadBytes: number): number {
  return (payloadBytes + 14) * 8;
}

/** Two bytes, the lower one first. */
export function word(value: number): Buffer {
  return Buffer.from([value & 0xff, value >> 8]);
}

function writeConnection(target: Buffer, offset: number, connection: ConnectionParameters): void {
  target.writeUInt16LE(connection.interval, offset);
  target.writeUInt16LE(connection.latency, offset + 2);
  target.writeUInt16LE(connection.supervisionTimeout, offset + 4);
}

function leMeta(code: LeEvent, parameters: Uint8Array): Buffer {
  return event(HciEvent.leMeta, Buffer.concat([Uint8Array.of(code), parameters]));
}

function event(code: HciEvent, parameters: Uint8Array): Buffer {
  return Buffer.concat([Uint8Array.of(PacketType.event, code, parameters.length), parameters]);
}
