/** Says which radio `tandem start` would use, and what to know of it. */
import type { HciChannel } from '../../transport/ble/radio-options.js';
import type { RadioConfig } from '../config/radio-settings.js';
import { isShared } from '../radio.js';
import type { AdapterState } from './adapter-state.js';
import type { Facts } from './facts.js';
import { createFinding, type Finding } from './finding.js';

/** For facts with the channel that is used. The last finding is about the whole: `radio` or `radio-missing`. */
export function judgeRadio(facts: Facts, adapters: readonly AdapterState[]): readonly Finding[] {
  const { radio } = facts;
  const chosen = adaptersFor(radio).map((number) => choose(adapters, number, radio.channel));
  const isUsable = canDriveAdapters(facts) && chosen.every((adapter) => isFree(adapter, radio.channel));
  return [...judgeChoice(radio), isUsable ? describe(radio, chosen) : missing(radio)];
}

/** What to know of settings, whatever the machine has. */
function judgeChoice(radio: RadioConfig): readonly Finding[] {
  const findings: Finding[] = [];
  if (radio.air !== undefined) {
    const what = `The configuration names an air, ${radio.air}: tandem start takes simulated controllers from there.`;
    findings.push(createFinding('air-configured', what, 'Remove radio.air from it to use an adapter.'));
  }
  // On an air, each role has a controller of its own.
  if (radio.air === undefined && isShared(radio)) {
    const what = 'Both roles on one adapter is a degraded mode, over the raw channel, which blocks for up to 40 s.';
    findings.push(createFinding('one-adapter-for-both', what, 'Set radio.peripheralAdapter to a second adapter.'));
  } else if (radio.channel === 'raw') {
    const what = 'The raw channel shares the adapter with the kernel, and blocks while it connects: up to 40 s.';
    findings.push(
      createFinding('raw-channel', what, 'Set radio.channel to user where Tandem can have the adapter alone.'),
    );
  }
  return findings;
}

/** One number, or undefined for the first that fits, for each half that the role has. */
function adaptersFor({ role, adapter, peripheralAdapter }: RadioConfig): readonly (number | undefined)[] {
  return role === 'both' ? [adapter, peripheralAdapter ?? adapter] : [adapter];
}

/** The first that fits is what the native socket takes where it is told no number. */
function choose(
  adapters: readonly AdapterState[],
  number: number | undefined,
  channel: HciChannel,
): AdapterState | undefined {
  if (number !== undefined) return adapters.find((adapter) => adapter.number === number);
  return adapters.find((adapter) => isFree(adapter, channel));
}

function isFree(adapter: AdapterState | undefined, channel: HciChannel): boolean {
  return adapter?.block === 'none' && adapter.isUp === (channel === 'raw');
}

function canDriveAdapters({ platform, packages, hciSocket, capabilities, radio }: Facts): boolean {
  return (
    platform.name === 'linux' &&
    Object.values(packages).every((version) => version !== undefined) &&
    hciSocket.type === 'known' &&
    hciSocket.value.type === 'works' &&
    capabilities.type === 'known' &&
    (radio.channel === 'user' ? capabilities.value.netAdmin : capabilities.value.netRaw)
  );
}

function describe({ role, channel }: RadioConfig, chosen: readonly (AdapterState | undefined)[]): Finding {
  const names = [...new Set(chosen.map((adapter) => adapter?.name))].join(' and ');
  return createFinding('radio', `tandem start would use ${names} on the ${channel} channel, as ${role}.`);
}

function missing({ role, channel, adapter }: RadioConfig): Finding {
  const which = adapter === undefined ? 'No adapter' : `The configured adapter, hci${adapter},`;
  const can = adapter === undefined ? 'can' : 'cannot';
  const what = `${which} ${can} be used on the ${channel} channel, as ${role}.`;
  return createFinding('radio-missing', what, 'The other findings say why. Without a radio: tandem start --demo.');
}
