import { describe, expect, it } from 'vitest';
import { createOutbox } from '../../src/hub/outbox.js';
import { type Publication, passing, retained } from '../../src/hub/publication.js';
import { MAX_MQTT_QUEUE, MAX_MQTT_QUEUE_BYTES, MQTT_IN_FLIGHT } from '../../src/protocol/hub-limits.js';

/** An outbox whose broker is there when the test says so, and acknowledges what the test says. */
function createHand() {
  const sent: string[] = [];
  const pressure: boolean[] = [];
  const acknowledge: (() => void)[] = [];
  let isOpen = false;
  const outbox = createOutbox({
    isOpen: () => isOpen,
    transmit({ topic, payload }: Publication, done) {
      sent.push(`${topic}=${payload.toString().slice(0, 8)}`);
      acknowledge.push(done);
    },
    onPressure: (isHigh) => void pressure.push(isHigh),
  });
  return {
    outbox,
    sent,
    pressure,
    open() {
      isOpen = true;
      outbox.pump();
    },
    acknowledgeAll() {
      while (acknowledge.length > 0) acknowledge.shift()?.();
    },
  };
}

describe('the outbox', () => {
  it('sends of each state the latest, and every event, when the broker comes', () => {
    const { outbox, sent, open } = createHand();
    outbox.add(retained('a', '1'));
    outbox.add(passing('e', '1'));
    outbox.add(retained('b', '1'));
    outbox.add(retained('a', '2'));
    outbox.add(passing('e', '2'));
    open();
    expect(sent).toEqual(['b=1', 'a=2', 'e=1', 'e=2']);
  });

  it('drops the oldest events where more than a thousand wait, and counts them', () => {
    const { outbox, sent, open, acknowledgeAll } = createHand();
    for (let at = 0; at < MAX_MQTT_QUEUE + 3; at += 1) outbox.add(passing('e', `${at}`));
    expect(outbox.counts).toEqual({ queued: MAX_MQTT_QUEUE, dropped: 3, published: 0 });
    open();
    acknowledgeAll();
    expect(sent[0]).toBe('e=3');
    expect(sent).toHaveLength(MAX_MQTT_QUEUE);
  });

  it('drops the oldest data where it is more than four megabytes', () => {
    const { outbox } = createHand();
    const payload = Buffer.alloc(MAX_MQTT_QUEUE_BYTES / 4);
    for (let at = 0; at < 5; at += 1) outbox.add({ topic: 'd', payload, isRetained: false });
    expect(outbox.counts).toMatchObject({ queued: 3, dropped: 2 });
  });

  it('has no more in flight than it may, and sends on with each acknowledgement', () => {
    const { outbox, sent, open, acknowledgeAll } = createHand();
    open();
    for (let at = 0; at < MQTT_IN_FLIGHT + 5; at += 1) outbox.add(retained(`t${at}`, 'x'));
    expect(sent).toHaveLength(MQTT_IN_FLIGHT);
    acknowledgeAll();
    expect(sent).toHaveLength(MQTT_IN_FLIGHT + 5);
  });

  it('asks for peers to be held back when half of it is full, and lets them go when it is empty', () => {
    const { outbox, pressure, open, acknowledgeAll } = createHand();
    for (let at = 0; at < MAX_MQTT_QUEUE / 2 - 1; at += 1) outbox.add(passing('e', 'x'));
    expect(pressure).toEqual([]);
    outbox.add(passing('e', 'x'));
    expect(pressure).toEqual([true]);
    open();
    acknowledgeAll();
    expect(pressure).toEqual([true, false]);
  });

  it('sends again what a lost connection had not acknowledged, events only, and before all others', () => {
    const { outbox, sent, open, acknowledgeAll } = createHand();
    open();
    outbox.add(retained('a', '1'));
    outbox.add(passing('e', '1'));
    outbox.add(passing('e', '2'));
    outbox.lose();
    outbox.add(passing('e', '3'));
    expect(sent).toEqual(['a=1', 'e=1', 'e=2', 'e=1', 'e=2', 'e=3']);
    acknowledgeAll();
    expect(outbox.counts.queued).toBe(0);
  });

  it('tells when nothing is on its way any more', async () => {
    const { outbox, open, acknowledgeAll } = createHand();
    open();
    outbox.add(passing('e', 'x'));
    const empty = outbox.whenEmpty();
    acknowledgeAll();
    await empty;
    await outbox.whenEmpty();
  });
});
