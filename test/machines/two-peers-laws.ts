/** What must hold of one step of a peer and of every state of two peers. */
import type { PeerContext } from '../../src/machines/peer.js';
import type { Move } from './explore.js';
import type { Position, Step } from './pure-chart.js';
import type { Device, DeviceNumber, PeerChartEvent, PeersWorld } from './two-radios.js';

const MOST_LINKS = 8;
const NEEDING: readonly string[] = ['dialling', 'waiting', 'grounded', 'linked'];

/** Ups and losses alternate, each names the link that comes or goes, and what is announced last is the link in use. */
export function checkPeerStep(
  from: Position<PeerContext>,
  event: PeerChartEvent,
  { to, effects }: Step<PeerContext>,
): void {
  let announced = from.context.link;
  for (const { type, params } of effects) {
    const what = `${from.value} on ${event.type} → ${to.value}: ${type} ${params?.link}`;
    if (type === 'announceUp') {
      if (announced !== undefined) throw new Error(`${what} while ${announced} is up`);
      announced = params.link;
    }
    if (type === 'announceLost') {
      if (announced === undefined) throw new Error(`${what} while ${announced} is up`);
      announced = undefined;
    }
  }
  if (announced !== to.context.link)
    throw new Error(`${from.value} on ${event.type} → ${to.value}: ${announced} is up, ${to.context.link} in use`);
}

/** Laws of a state; those of agreement hold where nothing moves by itself any more. */
export function checkPeers(world: PeersWorld, moves: readonly Move<PeersWorld>[]): void {
  if (world.links.length > MOST_LINKS) throw new Error('links pile up');
  for (const at of [0, 1] as const) checkDevice(world, at);
  if (moves.some(({ isInternal }) => isInternal)) return;
  if (world.devices.some(({ radio }) => radio !== 'on')) return checkRadioOff(world);
  const [small, large] = world.devices;
  const [link, ...others] = world.links;
  if (others.length > 0 || link?.isDead === true) throw new Error('a link is left over');
  if (small.position.context.link !== large.position.context.link) throw new Error('the ends use different links');
  if (link === undefined && world.devices.some(({ isWanted }) => isWanted)) throw new Error('a link is wanted in vain');
}

/** Dials may be under way, in vain. */
function checkRadioOff({ links }: PeersWorld): void {
  if (links.some(({ ends }) => ends.includes('held'))) throw new Error('a link is held without a radio');
}

function checkDevice({ devices, links }: PeersWorld, at: DeviceNumber): void {
  const { position, isWanted }: Device = devices[at];
  const { link, reserve, isOwnDialPreferred, isOwnLink } = position.context;
  const held = links.filter(({ ends }) => ends[at] === 'held').map(({ id }) => id);
  const known = [link, reserve].filter((id) => id !== undefined).sort();
  if (held.join() !== known.join()) throw new Error(`links ${held} are open, ${known} are known`);
  if (isWanted !== NEEDING.includes(position.value)) throw new Error(`${position.value}, wanted: ${isWanted}`);
  if ((link !== undefined) !== (position.value === 'linked' || position.value === 'lingering'))
    throw new Error('a link in the wrong state');
  if (link !== undefined && isOwnLink !== (links.find(({ id }) => id === link)?.dialler === at))
    throw new Error('whose link?');
  if (reserve !== undefined && !(isOwnDialPreferred && (isOwnLink || position.value === 'dialling'))) {
    throw new Error('a reserve where none is needed');
  }
}
