import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { MAX_NAMED_ADAPTERS } from '../../../src/transport/air/adapter-pool.js';
import { MAX_AIR_CLIENTS } from '../../../src/transport/air/air-server.js';
import { turns } from '../../support/time.js';
import { connectHost, createServedAir, type HandHost } from './served.js';

const RESET = '01030c00';
const RESET_COMPLETE = '040e0401030c00';
const POWER_ON = 'ff02000201';

function named(host: HandHost, name: string): void {
  host.say({ type: 'name', name });
}

describe('the bounds of a served air', () => {
  it('refuse a client too many', async () => {
    const { path, server, when } = await createServedAir();
    const hosts = await Promise.all(Array.from({ length: MAX_AIR_CLIENTS }, () => connectHost(path)));
    hosts[0]?.write(RESET);
    await hosts[0]?.whenPacket(RESET_COMPLETE);
    const more = await connectHost(path);
    await more.ended;
    expect((await when('refused')).why).toBe('64 clients are there already');
    expect(server.counts.clients).toBe(MAX_AIR_CLIENTS);
  });

  it('refuse a name too many, and still know the others', async () => {
    const { path, air, when } = await createServedAir();
    for (let number = 0; number < MAX_NAMED_ADAPTERS; number += 1) {
      const host = await connectHost(path);
      named(host, `device ${number}`);
      await host.whenPacket(POWER_ON);
      host.socket.destroy();
    }
    const more = await connectHost(path);
    named(more, 'one more');
    await more.ended;
    expect((await when('refused')).why).toContain('256');
    const known = await connectHost(path);
    named(known, 'device 7');
    await known.whenPacket(POWER_ON);
    expect(air.adapters).toHaveLength(MAX_NAMED_ADAPTERS);
  });

  it('drop packets, and count them, for a client that does not read, and for no other', async () => {
    const { path, server } = await createServedAir();
    const deaf = await connectHost(path);
    named(deaf, 'deaf');
    await deaf.whenPacket(POWER_ON);
    deaf.socket.pause();
    const other = await connectHost(path);
    named(other, 'other');
    await other.whenPacket(POWER_ON);
    // Answers of 70 bytes to commands of 4: Read Local Supported Commands.
    const questions = '01021000'.repeat(1_000);
    for (let round = 0; server.counts.lost === 0 && round < 200; round += 1) {
      deaf.write(questions);
      other.write(RESET);
      await other.whenPacket(RESET_COMPLETE);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(server.counts.lost).toBeGreaterThan(0);
  });

  it('read no further from a client whose adapter is not ready, and answer it all when it is', async () => {
    const { path, air, when } = await createServedAir();
    const before = await connectHost(path);
    named(before, 'phone');
    await before.whenPacket(POWER_ON);
    air.find('phone')?.setStalled(true);
    before.socket.destroy();
    await when('left');
    const host = await connectHost(path);
    named(host, 'phone');
    // Unknown, and as long as commands are; a megabyte.
    const commands = 4_000;
    host.write(`014120ff${'00'.repeat(255)}`.repeat(commands));
    await turns(500);
    expect(host.socket.writableLength).toBeGreaterThan(500_000);
    air.find('phone')?.setStalled(false);
    await host.whenPacket(POWER_ON);
    await once(host.socket, 'drain');
    host.write(RESET);
    await host.whenPacket(RESET_COMPLETE);
    expect(air.find('phone')?.counts.unknownCommands).toContain(0x2041);
  });
});
