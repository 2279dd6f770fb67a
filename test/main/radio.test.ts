import { describe, expect, it } from 'vitest';
import { type RadioConfig, RadioSchema } from '../../src/main/config/radio-settings.js';
import { jsonSchemaOf } from '../../src/main/config/settings.js';
import { withDefaults } from '../../src/main/config/values.js';
import { channelOf, describeRadio, radioOptionsOf } from '../../src/main/radio.js';

function configOf(radio: object): RadioConfig {
  return withDefaults(jsonSchemaOf(RadioSchema), radio) as RadioConfig; // a radio with every default is one
}

function optionsFor(radio: object) {
  return radioOptionsOf(configOf(radio), 'kitchen');
}

describe('the radio of the configuration', () => {
  it('is a central on the first adapter, alone with it, where nothing is said', () => {
    expect(optionsFor({})).toEqual({ central: { type: 'hci' }, channel: 'user' });
  });

  it('is a peripheral on the adapter that is named', () => {
    expect(optionsFor({ role: 'peripheral', adapter: 1, channel: 'raw' })).toEqual({
      peripheral: { type: 'hci', adapter: 1 },
      channel: 'raw',
    });
  });

  it('has an adapter for each half, or one for both', () => {
    expect(optionsFor({ role: 'both', adapter: 0, peripheralAdapter: 1 })).toMatchObject({
      central: { type: 'hci', adapter: 0 },
      peripheral: { type: 'hci', adapter: 1 },
    });
    const shared = optionsFor({ role: 'both', adapter: 2 });
    expect(shared.peripheral).toEqual(shared.central);
  });

  it('has controllers of its own name on an air, two of them for two halves', () => {
    expect(optionsFor({ air: '/run/air.sock' }).central).toEqual({
      type: 'h4',
      path: '/run/air.sock',
      name: 'kitchen',
    });
    const both = optionsFor({ role: 'both', air: '/run/air.sock' });
    expect(both.peripheral).toMatchObject({ type: 'h4', path: '/run/air.sock' });
    expect(both.peripheral).not.toEqual(both.central);
  });

  it.each([
    [{}, 'the first Bluetooth adapter, user channel'],
    [{ role: 'peripheral', adapter: 1, peripheralAdapter: 2, channel: 'raw' }, 'hci1, raw channel'],
    [{ role: 'both', adapter: 0, peripheralAdapter: 1 }, 'hci0 and hci1, user channel'],
    [{ role: 'both' }, 'the first Bluetooth adapter, raw channel'],
    [{ role: 'both', adapter: 1, channel: 'user' }, 'hci1, raw channel'],
    [{ air: '/run/air.sock' }, 'a simulated controller at /run/air.sock'],
    [{ role: 'both', air: '/run/air.sock' }, 'simulated controllers at /run/air.sock'],
  ])('%j is described as: %s', (radio, words) => {
    expect(describeRadio(configOf(radio))).toBe(words);
  });

  it('uses the raw channel where one adapter has both roles, whatever is asked for', () => {
    expect(channelOf(configOf({ role: 'both', channel: 'user' }))).toBe('raw');
    expect(channelOf(configOf({ role: 'both', adapter: 1, peripheralAdapter: 2 }))).toBe('user');
  });
});
