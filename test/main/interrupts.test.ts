import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { watchInterrupts } from '../../src/main/interrupts.js';

function start() {
  const source = new EventEmitter();
  const time = { ms: 1_000 };
  const raised: string[] = [];
  const signal = watchInterrupts(source, { now: () => time.ms }, (name) => void raised.push(name));
  return { source, time, raised, signal, send: (name: string) => source.emit(name, name) };
}

describe('interrupts', () => {
  it.each(['SIGINT', 'SIGTERM'])('ends in order on %s', (name) => {
    const { signal, raised, send } = start();
    expect(signal.aborted).toBe(false);
    send(name);
    expect(signal.aborted).toBe(true);
    expect(raised).toEqual([]);
  });

  it('takes the Ctrl+C that npm passes on for the one that the terminal sent', () => {
    const { time, raised, send } = start();
    send('SIGINT');
    time.ms += 499;
    send('SIGINT');
    expect(raised).toEqual([]);
  });

  it('leaves a later one to Node, which ends the process at once', () => {
    const { source, time, raised, send } = start();
    send('SIGINT');
    time.ms += 500;
    send('SIGTERM');
    expect(raised).toEqual(['SIGTERM']);
    expect(source.listenerCount('SIGINT') + source.listenerCount('SIGTERM')).toBe(0);
  });
});
