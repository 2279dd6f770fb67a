import { execFileSync, spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { type Component, TRIGGER } from '../../src/hub/discovery.js';
import { connectByButton, createHome, LINK, PHONE } from './hub-stage.js';
import { type Observer, readRetained } from './observer.js';

const MISSING = 'python3 with jinja2 is missing; on Debian: apt-get install python3-jinja2';
const PROGRAM = `
import json, sys
from jinja2 import Environment
for template, body in json.load(sys.stdin):
    print(json.dumps(Environment().from_string(template).render(value=body, value_json=json.loads(body) if body else None)))
`;

const python = ['/usr/bin/python3', 'python3'].find(
  (name) => spawnSync(name, ['-c', 'import jinja2'], { stdio: 'ignore' }).status === 0,
);

/** Home Assistant's templates are Jinja's, with more to call than is used here. */
function render(pairs: readonly (readonly [template: string, body: string])[]): string[] {
  const out = execFileSync(python ?? '', ['-c', PROGRAM], { input: JSON.stringify(pairs), encoding: 'utf8' });
  return out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

/** What every entity of a device shows now. */
async function valuesOf(home: Observer, url: string, device: string): Promise<Record<string, string>> {
  const { text } = await home.when(`homeassistant/device/${device}/config`);
  const components = Object.entries<Component>(JSON.parse(text).components).filter(
    ([, { value_template: template, platform }]) => template !== undefined && platform !== TRIGGER,
  );
  const kept = await readRetained(url);
  const bodies = components.map(([, { value_template: template, state_topic: topic }]) => {
    const body = kept.get(String(topic));
    if (body === undefined) throw new Error(`nothing is kept at ${topic}`);
    return [String(template), body] as const;
  });
  return Object.fromEntries(render(bodies).map((value, at) => [components[at]?.[0] ?? '', value]));
}

describe('the templates of discovery', () => {
  it('show what the topics hold, before, while and after a session', async ({ skip }) => {
    if (python === undefined) {
      process.stderr.write(`${MISSING}\n`);
      return process.env['CI'] === 'true' ? expect.fail(MISSING) : skip(MISSING);
    }
    const { home, mosquitto, stage } = await createHome(skip);
    const link = `tandem_kitchen_${PHONE}`;
    const resting = { connected: 'OFF', state: 'created', last_reason: 'none', rssi: 'None' };
    expect(await valuesOf(home, mosquitto.url, link)).toEqual(resting);
    expect(await valuesOf(home, mosquitto.url, 'tandem_kitchen')).toEqual({
      radio: 'ON',
      sessions: '0',
      log_level: 'off',
    });

    await connectByButton(home);
    await home.when(`${LINK}/state`, ({ text }) => JSON.parse(text).connected === true);
    expect(await valuesOf(home, mosquitto.url, link)).toEqual({ ...resting, connected: 'ON', state: 'connected' });
    stage.clock.increment(1_000);
    await home.when('tandem/kitchen/bridge/sessions', ({ text }) => text.includes('"connected"'));
    expect(await valuesOf(home, mosquitto.url, 'tandem_kitchen')).toMatchObject({ sessions: '1' });

    await home.send(`${LINK}/set/disconnect`, 'PRESS');
    await home.when(`${LINK}/state`, ({ text }) => JSON.parse(text).state === 'disconnected');
    stage.clock.increment(1_000);
    const { text } = await home.when('tandem/kitchen/bridge/sessions', (seen) => seen.text.includes('"disconnected"'));
    // It is still a session, and it is not connected.
    expect(JSON.parse(text)).toHaveLength(1);
    expect(await valuesOf(home, mosquitto.url, 'tandem_kitchen')).toMatchObject({ sessions: '0' });
  });

  it('make a request of the log level, and tell triggers apart', async ({ skip }) => {
    if (python === undefined) return skip(MISSING);
    const { home } = await createHome(skip);
    const hub = JSON.parse((await home.when('homeassistant/device/tandem_kitchen/config')).text);
    const [request = ''] = execFileSync(
      python,
      [
        '-c',
        'import sys; from jinja2 import Template; print(Template(sys.argv[1]).render(value="info"))',
        hub.components.log_level.command_template,
      ],
      { encoding: 'utf8' },
    ).split('\n');
    expect(JSON.parse(request)).toEqual({ logging: 'info' });
    const link = JSON.parse((await home.when(`homeassistant/device/tandem_kitchen_${PHONE}/config`)).text);
    const { value_template: template, payload } = link.components.t_message;
    expect(render([[template, '{"event_type":"message","msg":"hi"}']])).toEqual([payload]);
  });
});
