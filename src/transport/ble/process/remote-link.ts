/** One link in the broker's process whose radio is in another one. */
import { ReplaySubject, Subject } from 'rxjs';
import { createInbox } from '../../inbox.js';
import type { Link, LinkEnd } from '../../transport.js';
import { LINK_ROOM, type LinkFacts } from './radio-messages.js';

/** The link, and what the radio process tells of it. */
export interface RemoteLink {
  readonly link: Link;
  receive(packets: readonly Uint8Array[]): void;
  /** The radio's link took so many packets. */
  giveRoom(packets: number): void;
  /** What is said first counts: a close from here stays what it was. */
  end(end: LinkEnd): void;
}

/** How the link speaks to the radio process. */
export interface RemoteLinkPort {
  putPacket(packet: Uint8Array): void;
  /** Called once, and not after `end`. */
  close(end: LinkEnd): void;
}

/** Packets kept for a reader who is late; further ones are lost, as in ble-link.ts. */
const MAX_UNREAD_PACKETS = 168;

export function createRemoteLink({ isDialler, packetBytes }: LinkFacts, port: RemoteLinkPort): RemoteLink {
  const inbox = createInbox<Uint8Array>(MAX_UNREAD_PACKETS);
  const writable = new Subject<void>();
  const ended = new ReplaySubject<LinkEnd>(1);
  let room = LINK_ROOM;
  let hasRefused = false;
  let isEnded = false;

  function write(packet: Uint8Array): boolean {
    if (packet.length > packetBytes) {
      throw new RangeError(`a packet of ${packet.length} bytes is too long: ${packetBytes} fit`);
    }
    hasRefused = room === 0;
    if (isEnded || room === 0) return false;
    room -= 1;
    port.putPacket(packet);
    return true;
  }

  function finish(end: LinkEnd): void {
    isEnded = true;
    inbox.end();
    writable.complete();
    ended.next(end);
    ended.complete();
  }

  return {
    link: {
      isDialler,
      packetBytes,
      packets$: inbox.items$,
      write,
      writable$: writable.asObservable(),
      ended$: ended.asObservable(),
      close(end = 'closed-here') {
        if (isEnded) return;
        port.close(end);
        finish(end);
      },
    },
    receive(packets) {
      for (const packet of packets) inbox.push(packet);
    },
    giveRoom(packets) {
      room += packets;
      if (!hasRefused || isEnded) return;
      hasRefused = false;
      writable.next();
    },
    end(end) {
      if (!isEnded) finish(end);
    },
  };
}
