/** Packets to a stream socket: what one callback of the event loop writes leaves as one write. */
import type { Socket } from 'node:net';

export interface PacketWriter {
  /** Once the socket has ended nothing is written any more. */
  write(packet: Uint8Array): void;
  /** What the system has not taken yet, in bytes. */
  waitingBytes(): number;
  /** Writes now what would wait for the callback to end. */
  flush(): void;
}

/** Before the socket is connected it keeps what is written. */
export function createPacketWriter(socket: Socket): PacketWriter {
  let batch: Uint8Array[] = [];
  let batchBytes = 0;

  function flush(): void {
    if (batch.length === 0) return;
    const [first = new Uint8Array(0), ...others] = batch;
    const bytes = others.length === 0 ? first : Buffer.concat(batch, batchBytes);
    batch = [];
    batchBytes = 0;
    if (socket.writable) socket.write(bytes);
  }

  return {
    write(packet) {
      // Waiting for the whole turn would make writes fewer, but each of them late: less gets through within a window.
      if (batch.length === 0) process.nextTick(flush);
      batch.push(packet);
      batchBytes += packet.length;
    },
    waitingBytes: () => batchBytes + socket.writableLength,
    flush,
  };
}
