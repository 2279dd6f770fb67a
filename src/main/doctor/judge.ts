/** Says what all the facts mean. */
import { channelOf } from '../radio.js';
import { joinAdapters } from './adapter-state.js';
import type { Facts } from './facts.js';
import type { Finding } from './finding.js';
import { judgeAdapters, judgeBluetoothd, judgeKernel, judgePermissions } from './judge-machine.js';
import { judgeRadio } from './judge-radio.js';
import { judgeSelfTest, judgeSoftware } from './judge-software.js';

/** In the order of FINDINGS. */
export function judge(given: Facts): readonly Finding[] {
  const channel = channelOf(given.radio);
  const facts = { ...given, radio: { ...given.radio, channel } };
  const adapters = joinAdapters(facts);
  const machine =
    facts.platform.name === 'linux'
      ? [
          judgeKernel(facts),
          ...judgeAdapters(adapters, channel),
          judgeBluetoothd(facts.bluetoothd),
          judgePermissions(facts.capabilities, channel, facts.platform.nodePath),
        ]
      : [];
  return [...judgeSoftware(facts), ...machine, ...judgeRadio(facts, adapters), judgeSelfTest(facts.selfTest)];
}
