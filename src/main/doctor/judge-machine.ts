/** Says what the facts about kernel, adapters and rights mean. Source: net/bluetooth/hci_sock.c and af_bluetooth.c of Linux. */
import { unreachable } from '../../protocol/unreachable.js';
import type { HciChannel } from '../../transport/ble/radio-options.js';
import type { AdapterState } from './adapter-state.js';
import type { Capabilities, Facts, Kernel, Probed } from './facts.js';
import { createFinding, type Finding, notLookedAt } from './finding.js';

export function judgeKernel({ kernel, hciSocket }: Facts): Finding {
  if (kernel.type === 'unknown') return notLookedAt('Bluetooth in the kernel', kernel.reason);
  const isRefused = hciSocket.type === 'known' && hciSocket.value.type === 'no-bluetooth';
  if (!kernel.value.knowsBluetooth) return judgeIgnorance(kernel.value);
  if (!isRefused) return createFinding('kernel', 'The kernel knows Bluetooth.');
  return createFinding(
    'kernel-out-of-reach',
    'The kernel knows Bluetooth, but refuses it here: this process has a network namespace of its own.',
    'In a container: share the network of the machine (docker run --net=host).',
  );
}

function judgeIgnorance({ hasModule }: Kernel): Finding {
  if (hasModule) {
    return createFinding(
      'kernel-module-not-loaded',
      'The kernel could know Bluetooth, but its module is not loaded.',
      'sudo modprobe bluetooth; plugging an adapter in does the same.',
    );
  }
  return createFinding(
    'kernel-without-bluetooth',
    'This kernel knows no Bluetooth (no AF_BLUETOOTH).',
    'It takes a kernel with CONFIG_BT, or another machine; tandem air simulates adapters meanwhile.',
  );
}

/** One finding for each adapter, or that there is none. */
export function judgeAdapters(adapters: readonly AdapterState[], channel: HciChannel): readonly Finding[] {
  if (adapters.length > 0) return adapters.map((adapter) => judgeAdapter(adapter, channel));
  return [
    createFinding('adapter-missing', 'There is no Bluetooth adapter.', 'Plug one in; dmesg says why one is not taken.'),
  ];
}

function judgeAdapter(adapter: AdapterState, channel: HciChannel): Finding {
  const { name, block, isUp } = adapter;
  const words = [adapter.bus, adapter.product, adapter.address].filter((word) => word !== undefined).join(', ');
  const subject = `${name} (${words})`;
  if (block === 'hard') {
    return createFinding(
      'adapter-blocked',
      `${subject} is switched off by hardware.`,
      'Find the switch or key for it.',
    );
  }
  if (block === 'soft') {
    return createFinding('adapter-blocked', `${subject} is blocked by rfkill.`, 'sudo rfkill unblock bluetooth');
  }
  if (isUp === undefined) {
    return createFinding('adapter', `${subject} is there; whether it is up, only the native HCI socket can say.`);
  }
  return judgePower(subject, name, isUp, channel);
}

function judgePower(subject: string, name: string, isUp: boolean, channel: HciChannel): Finding {
  switch (channel) {
    case 'user':
      if (!isUp) return createFinding('adapter', `${subject} is there, and down: free for the user channel.`);
      return createFinding(
        'adapter-up',
        `${subject} is up: the user channel takes only adapters that are down.`,
        `Make BlueZ leave it (sudo systemctl disable --now bluetooth), then: sudo hciconfig ${name} down`,
      );
    case 'raw':
      if (isUp) return createFinding('adapter', `${subject} is there, and up: ready for the raw channel.`);
      return createFinding('adapter-down', `${subject} is down.`, `sudo hciconfig ${name} up`);
    default:
      return unreachable(channel);
  }
}

export function judgeBluetoothd(probed: Facts['bluetoothd']): Finding {
  if (probed.type === 'unknown') return notLookedAt('bluetoothd', probed.reason);
  const [id] = probed.value;
  if (id === undefined) return createFinding('bluetoothd', 'bluetoothd does not run, as far as can be seen from here.');
  return createFinding(
    'bluetoothd-running',
    `bluetoothd runs (process ${id}): it switches adapters on, and disturbs the raw channel.`,
    'sudo systemctl disable --now bluetooth, or keep it from the adapter that Tandem is to have.',
  );
}

export function judgePermissions(probed: Probed<Capabilities>, channel: HciChannel, nodePath: string): Finding {
  if (probed.type === 'unknown') return notLookedAt('Capabilities', probed.reason);
  const needed = NEEDED[channel];
  if (probed.value[needed.key])
    return createFinding('permissions', `${needed.name} is there, for the ${channel} channel.`);
  return createFinding(
    'permissions-missing',
    `${needed.name} is missing: the ${channel} channel needs it.`,
    `sudo setcap cap_net_admin,cap_net_raw+ep ${nodePath} (for all that runs in it), or AmbientCapabilities of systemd`,
  );
}

const NEEDED = {
  user: { key: 'netAdmin', name: 'CAP_NET_ADMIN' },
  raw: { key: 'netRaw', name: 'CAP_NET_RAW' },
} as const satisfies Record<HciChannel, { readonly key: keyof Capabilities; readonly name: string }>;
