/** What an administrator types to install Tandem as a service, on a machine to throw away; then what the unit starts there. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { makeCheckout } from '../docs/shell/checkout.js';
import { followAndTell, readDocuments } from './documents.js';
import { type Machine, openMachine, ROOT_ENV } from './machine.js';
import { startProgram } from './program.js';

const install = readDocuments().find(({ path }) => path === 'docs/install.md');

describe('docs/install.md', () => {
  it('installs a service that starts, and commands that reach it', async ({ skip }) => {
    const checkout = await makeCheckout({ isInstalled: true });
    onTestFinished(checkout.remove);
    const machine = await openMachine(skip);
    onTestFinished(() => machine.remove());
    machine.run('rm -rf /opt/tandem /etc/tandem /var/lib/tandem; userdel tandem 2> /dev/null; command -v sudo');
    await followAndTell(install?.blocks ?? [], { ...checkout, enter: machine.enter(checkout.cwd) });

    const unit = readUnit(machine.run('cat /etc/systemd/system/tandem.service'));
    machine.run(`install --directory --owner=tandem --mode=${unit.get('StateDirectoryMode')} /var/lib/tandem`);
    machine.run(`[ -e /usr/bin/node ] || ln -s ${process.execPath} /usr/bin/node`);
    expect(as(machine, unit, unit.get('ExecStartPre')).status).toBe(0);
    const service = await startProgram(command(machine, unit, unit.get('ExecStart')), {
      env: ROOT_ENV,
      until: /, on the first Bluetooth adapter/,
    });
    expect(service.output()).toContain('state in /var/lib/tandem');
    expect(service.output()).not.toMatch(/No radio:|^ +at /m);

    const [, alias = ''] = /^alias tandem='(.*)'$/m.exec(readFileSync('docs/install.md', 'utf8')) ?? [];
    expect(machine.run(`${alias} devices`)).toBe('No device in range shares the account.\n');
    expect(machine.run(`${alias} account export`)).toMatch(/^\S{40,}\n$/);
    // All that is missing is an adapter.
    expect(machine.run(`${alias} doctor || test $? = 4`)).toContain('The native HCI socket is built, and it loads.');
    await service.stop();
  });
});

type Unit = ReadonlyMap<string, string>;

/** Settings by name. `Environment` may be there several times. */
function readUnit(text: string): Unit {
  const settings = [...text.matchAll(/^(\w+)=(.*)$/gm)].map(([, name = '', value = '']) => [name, value] as const);
  const environment = settings.flatMap(([name, value]) => (name === 'Environment' ? [value] : [])).join(' ');
  return new Map([...settings, ['Environment', environment]]);
}

function command(machine: Machine, unit: Unit, line = ''): string[] {
  const environment = [...(unit.get('Environment') ?? '').split(' '), 'TANDEM_GATEWAY_PORT=0'];
  return [...machine.enter(), 'runuser', '-u', unit.get('User') ?? '', '--', 'env', ...environment, ...line.split(' ')];
}

function as(machine: Machine, unit: Unit, line: string | undefined) {
  const [program = '', ...args] = command(machine, unit, line);
  return spawnSync(program, args, { env: ROOT_ENV, encoding: 'utf8' });
}
