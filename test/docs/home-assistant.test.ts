import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { discoverHub } from '../../src/hub/discover-hub.js';
import { discoverLink } from '../../src/hub/discover-link.js';
import { type Component, TRIGGER } from '../../src/hub/discovery.js';
import { DEFAULT_BASE } from '../../src/hub/settings.js';
import { createTopics } from '../../src/hub/topics.js';
import { problemsOf } from '../main/config/sources.js';
import { readTables } from './tables.js';

const topics = createTopics(DEFAULT_BASE, 'kitchen');
const LINK = 'tablet-doorbell-3842e551c1';
const SERVICE = { serviceName: 'doorbell', bundleName: 'b', moduleName: 'm', abilityName: 'a' };
const hub = { hubId: 'kitchen', deviceId: 'd', deviceName: 'kitchen', version: '1', topics };
const link = { hubId: 'kitchen', link: LINK, name: 'Tablet', deviceName: 'Tablet', topics };

const components = Object.values(discoverLink({ ...link, service: { ...SERVICE, onRequest: 'button' } }).components);
const [linkRows = [], hubRows = [], triggerRows = []] = readTables('home-assistant.md');
const page = readFileSync('docs/home-assistant.md', 'utf8');

function namesOf(some: readonly Component[]): unknown[] {
  return some.filter(({ platform }) => platform !== TRIGGER).map(({ name, platform }) => [name, platform]);
}

function rowOf(name: string): string {
  return linkRows.find(([entity]) => entity === name)?.join(' ') ?? '';
}

describe('docs/home-assistant.md', () => {
  it('lists every entity of a link and of the hub with its kind, in the order of the code', () => {
    expect(linkRows.map(([name, kind]) => [name, kind])).toEqual(namesOf(components));
    expect(hubRows.map(([name, kind]) => [name, kind])).toEqual(namesOf(Object.values(discoverHub(hub).components)));
  });

  it('lists every trigger', () => {
    const types = components.filter(({ platform }) => platform === TRIGGER).map(({ type }) => type);
    expect(triggerRows.map(([type]) => type)).toEqual(types);
  });

  it('says which entities are disabled at first, and which depend on the service', () => {
    for (const { name, platform, enabled_by_default: isEnabled } of components) {
      if (platform === TRIGGER) continue;
      expect([name, / disabled /.test(` ${rowOf(String(name))} `)]).toEqual([name, isEnabled === false]);
    }
    const without = discoverLink({ ...link, service: { ...SERVICE, onRequest: 'accept' } }).components;
    const fewer = namesOf(components).filter(
      (one) => !JSON.stringify(namesOf(Object.values(without))).includes(JSON.stringify(one)),
    );
    expect(fewer).toEqual([
      ['Accept', 'button'],
      ['Reject', 'button'],
    ]);
    expect(rowOf('Accept')).toContain('only where onRequest is button');
  });

  it('has automations whose entities the code makes', () => {
    const made = components.map(({ default_entity_id: id }) =>
      String(id).replace(/_[0-9a-f]{4}_(?=[a-z_]+$)/, '_3842_'),
    );
    const blocks = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text = '']) => text);
    expect(blocks).toHaveLength(3);
    for (const text of blocks) {
      expect(parse(text)).toHaveProperty('actions');
      const named = text.match(/\b\w+\.kitchen_tablet_3842_\w+/g) ?? [];
      expect(named.length).toBeGreaterThan(0);
      expect(named.filter((id) => !made.includes(id))).toEqual([]);
    }
  });

  it('has things of openHAB whose topics the code makes', () => {
    const made = [
      ...(['availability', 'state', 'event'] as const).map((name) => topics.link(LINK, name)),
      ...(['message', 'connect'] as const).map((verb) => topics.set(LINK, verb)),
    ];
    const named = [...page.matchAll(/(?:state|command|availability)Topic="([^"]+)"/g)].map(([, topic]) => topic);
    expect(new Set(named)).toEqual(new Set(made));
  });

  it('has configurations that are valid', async () => {
    const [text = ''] = [...page.matchAll(/```json\n([\s\S]*?)```/g)].map(([, block = '']) => block);
    expect(await problemsOf({ text })).toEqual([]);
  });
});
