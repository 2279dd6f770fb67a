import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { describe, expect, it, onTestFinished } from 'vitest';
import { makeTemporaryDirectory } from '../main/recorded-io.js';
import { startMosquitto } from './mosquitto.js';
import { type Observer, observe } from './observer.js';

/** `tandem start --demo --mqtt URL` in a process of its own: a hub and a phone on the air, over noble and bleno. */
async function startDemo(url: string) {
  const directory = await makeTemporaryDirectory();
  const args = ['dist/main/cli.js', 'start', '--demo', '--port', '0', '--mqtt', url];
  const env = { PATH: process.env['PATH'], TANDEM_STATE_DIR: directory };
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  const lines: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => void lines.push(line));
  onTestFinished(async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    await ended;
  });
  return { child, ended, lines };
}

/** What discovery says of the phone, once the page is known. */
async function discoverPhone(home: Observer) {
  const isPhone = (text: string): boolean =>
    text.includes('configuration_url') && JSON.parse(text).device.name.startsWith('phone');
  const { text } = await home.when(/^homeassistant\/device\/.*\/config$/, (seen) => isPhone(seen.text));
  return JSON.parse(text);
}

/** Of the gateway, as the program says it. */
function portOf(lines: readonly string[]): string | undefined {
  return /gateway at ws:\/\/127\.0\.0\.1:(\d+)/.exec(lines.join('\n'))?.[1];
}

function typeOf(text: string): unknown {
  return JSON.parse(text).event_type;
}

describe('tandem start --mqtt', () => {
  it('shows the phone by discovery, connects by the button, sends by notify, and hears the answer by event', async ({
    skip,
  }) => {
    const mosquitto = await startMosquitto(skip);
    const home = await observe(mosquitto.url);
    const { child, ended, lines } = await startDemo(mosquitto.url);
    const { availability, components, device } = await discoverPhone(home);
    for (const { topic } of availability) await home.when(topic, ({ text }) => text === 'online');

    const connected = home.next(components.event.state_topic, ({ text }) => typeOf(text) === 'connect');
    await home.send(components.connect.command_topic, 'PRESS');
    await connected;
    const answered = home.next(components.event.state_topic, ({ text }) => typeOf(text) === 'message');
    await home.send(components.message.command_topic, 'Someone is at the door');
    expect(JSON.parse((await answered).text)).toMatchObject({ event_type: 'message', msg: 'Someone is at the door' });

    expect(lines).toContain(`kitchen: hub kitchen, on mqtt://127.0.0.1:${mosquitto.port}`);
    // In a demonstration everybody sits at this machine.
    expect(device.configuration_url).toBe(`http://127.0.0.1:${portOf(lines)}/`);
    child.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
    await home.when('tandem/kitchen/bridge/state', ({ text }) => text === 'offline');
  });

  it('is offline by its will when the process is killed', async ({ skip }) => {
    const mosquitto = await startMosquitto(skip);
    const home = await observe(mosquitto.url);
    const { child } = await startDemo(mosquitto.url);
    await home.when('tandem/kitchen/bridge/state', ({ text }) => text === 'online');
    const offline = home.next('tandem/kitchen/bridge/state');
    child.kill('SIGKILL');
    expect(await offline).toMatchObject({ text: 'offline', isRetained: true });
  });
});
