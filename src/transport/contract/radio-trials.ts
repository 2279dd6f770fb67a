/** The part of the transport contract about the radio and what it sees. */
import { deepEqual, equal } from 'node:assert/strict';
import { filter, firstValueFrom } from 'rxjs';
import { expected, nextValues, presenceOf, seen, type Trials } from './stage.js';

export const SIGHTING_TRIALS: Trials = {
  'shows a device with what it announced': async ({ left }) => {
    const { deviceId, deviceName, accountTag } = await seen(left, 'right');
    deepEqual({ deviceId, deviceName, accountTag }, presenceOf('right'));
  },

  'shows what a device announced last': async ({ left, right }) => {
    right.announce({ ...presenceOf('right'), deviceName: 'renamed' });
    const sightings = await firstValueFrom(left.sightings$.pipe(filter(([first]) => first?.deviceName === 'renamed')));
    equal(sightings.length, 1, 'a device is seen once, under its last name');
  },

  'shows a device no longer once its transport is closed': async ({ left, right }) => {
    await right.close();
    await firstValueFrom(left.sightings$.pipe(filter((sightings) => sightings.length === 0)));
  },
};

export const RADIO_TRIALS: Trials = {
  'replays the state of the radio and tells every change': async ({ left, harness }) => {
    equal(await firstValueFrom(left.radio$), 'poweredOn');
    const states = expected(nextValues(left.radio$, 3));
    harness.setRadio('left', 'poweredOff');
    await firstValueFrom(left.radio$.pipe(filter((state) => state === 'poweredOff')));
    harness.setRadio('left', 'poweredOn');
    deepEqual(await states, ['poweredOn', 'poweredOff', 'poweredOn']);
  },
};
