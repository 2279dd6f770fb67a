import { describe, expect, it } from 'vitest';
import {
  closeDelivery,
  createDelivery,
  nextFrame,
  pushData,
  pushText,
  resumeFrom,
} from '../../src/protocol/delivery.js';
import { BrokerError } from '../../src/protocol/errors.js';

const settle = (): void => {};

function sums({ textsSent, dataSent, bytesSent, bytesQueued }: ReturnType<typeof createDelivery>) {
  return { textsSent, dataSent, bytesSent, bytesQueued };
}

describe('the counters of a delivery', () => {
  it('count as sent what left, piece by piece, and as queued what has not', () => {
    const delivery = createDelivery(7);
    pushText(delivery, 'hello', 5, settle);
    pushData(delivery, new Uint8Array(100_000), settle);
    expect(sums(delivery)).toEqual({ textsSent: 0, dataSent: 0, bytesSent: 0, bytesQueued: 100_005 });
    nextFrame(delivery, 60_000);
    expect(sums(delivery)).toEqual({ textsSent: 1, dataSent: 0, bytesSent: 5, bytesQueued: 100_000 });
    nextFrame(delivery, 60_000);
    expect(sums(delivery)).toEqual({ textsSent: 1, dataSent: 0, bytesSent: 60_005, bytesQueued: 40_000 });
    nextFrame(delivery, 60_000);
    expect(sums(delivery)).toEqual({ textsSent: 1, dataSent: 1, bytesSent: 100_005, bytesQueued: 0 });
  });

  it('count once what leaves again on a new link', () => {
    const delivery = createDelivery(7);
    pushText(delivery, 'hello', 5, settle);
    nextFrame(delivery, 60_000);
    resumeFrom(delivery, 0, delivery.creditLimit);
    nextFrame(delivery, 60_000);
    expect(sums(delivery)).toEqual({ textsSent: 1, dataSent: 0, bytesSent: 5, bytesQueued: 0 });
  });

  it('have nothing queued once nothing will be sent any more', () => {
    const delivery = createDelivery(7);
    pushText(delivery, 'hello', 5, settle);
    closeDelivery(delivery, new BrokerError('sessionEnded'));
    expect(sums(delivery)).toEqual({ textsSent: 0, dataSent: 0, bytesSent: 0, bytesQueued: 0 });
  });
});
