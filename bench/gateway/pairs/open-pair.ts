/** Opens pairs of clients at whatever server. */
import { unreachable } from '../../../src/protocol/unreachable.js';
import type { Address } from '../address.js';
import { openBarePair } from './bare.js';
import { openMqttPair } from './mqtt.js';
import { openNatsPair } from './nats.js';
import type { Payload, RelayPair } from './relay-pair.js';
import { openSocketIoPair } from './socket-io.js';
import { openTandemPair } from './tandem.js';

const AT_ONCE = 50;

/** Pairs, so many at a time: a server that is flooded with handshakes says nothing about its messages. */
export async function openPairs(address: Address, count: number, payload: Payload): Promise<RelayPair[]> {
  const pairs: RelayPair[] = [];
  while (pairs.length < count) {
    const numbers = Array.from({ length: Math.min(AT_ONCE, count - pairs.length) }, (_, index) => pairs.length + index);
    pairs.push(...(await Promise.all(numbers.map((number) => openPair(address, number, payload)))));
  }
  return pairs;
}

function openPair(address: Address, number: number, payload: Payload): Promise<RelayPair> {
  switch (address.type) {
    case 'tandem':
      return openTandemPair(address, number, payload);
    case 'bare':
      return openBarePair(address, number, payload);
    case 'socket.io':
      return openSocketIoPair(address, number, payload);
    case 'mqtt':
      return openMqttPair(address, number, payload);
    case 'nats':
      return openNatsPair(address, number, payload);
    default:
      return unreachable(address);
  }
}
