/** A state directory on a file system that takes nothing, on a machine to throw away: words, never a stack trace. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, inject, it, onTestFinished } from 'vitest';
import { openMachine } from './machine.js';
import { STRANGERS_ENV } from './project.js';

const program = join(inject('project').folder, 'node_modules/tandem-broker/bin/tandem.js');
const env = { ...STRANGERS_ENV, TANDEM_STATE_DIR: '/state/tandem', TANDEM_GATEWAY_PORT: '0' };
const WRITING = [
  'start',
  'start --demo',
  'account create --force',
  'token create light --bundle com.example.light',
  'air',
];

it.for([
  { what: 'is read-only', mount: 'mount -t tmpfs -o ro tmpfs /state', words: 'the file system is read-only' },
  {
    what: 'became read-only',
    mount: `mount -t tmpfs tmpfs /state && ${process.execPath} ${program} account create && mount -o remount,ro /state`,
    words: 'the file system is read-only',
  },
  { what: 'is full', mount: 'mount -t tmpfs -o nr_inodes=1 tmpfs /state', words: 'the disk is full' },
])('where the file system of the state directory $what, commands say so', async ({ mount, words }, { skip }) => {
  const machine = await openMachine(skip);
  onTestFinished(() => machine.remove());
  machine.run(`mkdir -p /state && ${mount}`, { env });
  for (const line of WRITING) {
    const [first = '', ...args] = [...machine.enter(), process.execPath, program, ...line.split(' ')];
    const { status, stdout, stderr } = spawnSync(first, args, { env, encoding: 'utf8' });
    expect([line, status, stdout]).toEqual([line, 1, '']);
    expect(stderr).toContain(words);
    expect(stderr).not.toMatch(/^ +at |\bE[A-Z]{3,}\b/m);
  }
});
