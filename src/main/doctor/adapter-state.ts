/** Joins what the kernel's files and its HCI socket say of each adapter. */
import type { AdapterFacts, Facts, Probed, Rfkill } from './facts.js';

export interface AdapterState extends AdapterFacts {
  /** 'hci0'. */
  readonly name: string;
  /** Undefined where nothing can tell. */
  readonly isUp: boolean | undefined;
  readonly block: 'none' | 'soft' | 'hard';
}

export function joinAdapters({ adapters, rfkills, hciSocket }: Facts): readonly AdapterState[] {
  const listed = hciSocket.type === 'known' && hciSocket.value.type === 'works' ? hciSocket.value.adapters : undefined;
  const inFiles = listOf(adapters);
  const others = (listed ?? []).filter(({ number }) => !inFiles.some((adapter) => adapter.number === number));
  const all = [...inFiles, ...others.map(({ number }) => ({ ...UNDESCRIBED, number }))];
  return all.map((adapter) => {
    const name = `hci${adapter.number}`;
    return {
      ...adapter,
      name,
      isUp: listed?.find(({ number }) => number === adapter.number)?.isUp,
      block: blockOf(name, listOf(rfkills)),
    };
  });
}

const UNDESCRIBED = { bus: 'unknown bus', product: undefined, address: undefined };

function listOf<Item>(probed: Probed<readonly Item[]>): readonly Item[] {
  return probed.type === 'known' ? probed.value : [];
}

/** A switch with another name than an adapter's is one for the whole machine. */
function blockOf(name: string, rfkills: readonly Rfkill[]): AdapterState['block'] {
  const mine = rfkills.filter((rfkill) => rfkill.name === name || !/^hci\d+$/.test(rfkill.name));
  if (mine.some(({ isHardBlocked }) => isHardBlocked)) return 'hard';
  return mine.some(({ isSoftBlocked }) => isSoftBlocked) ? 'soft' : 'none';
}
