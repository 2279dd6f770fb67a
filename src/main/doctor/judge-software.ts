/** Says what the facts about this machine's software mean. */

import { unreachable } from '../../protocol/unreachable.js';
import { HCI_SOCKET, type RadioPackages } from '../../transport/ble/radio-packages.js';
import type { HciSocketTrial } from '../../transport/ble/try-hci-socket.js';
import type { BuildCommand, Facts, Platform, Probed, SelfTestTimes } from './facts.js';
import { INSTALL_SOCKET, SOCKET_MISSING } from './find-build.js';
import { createFinding, type Finding, notLookedAt } from './finding.js';

/** Platform, packages and the native socket. */
export function judgeSoftware({ platform, packages, build, hciSocket }: Facts): readonly Finding[] {
  const isLinux = platform.name === 'linux';
  // Only Linux drives a real adapter through the socket; the air needs the packages everywhere.
  const socket = isLinux && build !== undefined ? [judgeSocket(hciSocket, build)] : [];
  return [judgePlatform(platform), judgePackages(packages, isLinux), ...socket];
}

function judgePlatform({ name, release, architecture, nodeVersion }: Platform): Finding {
  const what = `${name} ${release} on ${architecture}, Node ${nodeVersion}.`;
  if (name === 'linux') return createFinding('platform', what);
  return createFinding('platform-not-tried', what, 'Real adapters were tried on Linux only: see docs/radio.md.');
}

function judgePackages(packages: RadioPackages, isLinux: boolean): Finding {
  const { '@abandonware/noble': noble, '@abandonware/bleno': bleno, [HCI_SOCKET]: socket } = packages;
  if (noble === undefined || bleno === undefined) {
    return createFinding('packages-missing', 'noble and bleno are not where they belong.', 'Install Tandem anew.');
  }
  if (isLinux && socket === undefined) return createFinding('packages-missing', SOCKET_MISSING, INSTALL_SOCKET);
  return createFinding('packages', `noble ${noble} and bleno ${bleno} are there.`);
}

function judgeSocket(probed: Probed<HciSocketTrial>, { directory, command }: BuildCommand): Finding {
  if (probed.type === 'unknown') return notLookedAt('The native HCI socket', probed.reason);
  const how = `In ${directory}: ${command}`;
  switch (probed.value.type) {
    case 'works':
    case 'no-bluetooth':
      return createFinding('socket', 'The native HCI socket is built, and it loads.');
    case 'not-built':
      return createFinding('socket-not-built', 'The native HCI socket is not built.', `${how} (${BUILD_TOOLS})`);
    case 'failed':
      return createFinding('socket-failed', `The native HCI socket fails: ${probed.value.reason}.`, `${how}, anew.`);
    default:
      return unreachable(probed.value);
  }
}

const BUILD_TOOLS = "needs python3, make, a C++ compiler and Node's headers";

export function judgeSelfTest(probed: Probed<SelfTestTimes>): Finding {
  if (probed.type === 'unknown') {
    return createFinding(
      'self-test-failed',
      `Self-test on the air: ${probed.reason}.`,
      'It is about the software, not the radio: where the packages are installed, report it with tandem doctor --json.',
    );
  }
  const { discoverMs, connectMs, echoMs } = probed.value;
  const times = `discovered in ${discoverMs} ms, connected in ${connectMs} ms, a text there and back in ${echoMs} ms`;
  return createFinding('self-test', `Self-test with noble and bleno on a simulated air: ${times}.`);
}
