/** The bar above everything: whose gateway this is, how the connection fares, and in a demonstration the switch of the air. */
import { adviceOn, nameOf } from './live/obstacle.js';
import type { Workbench } from './live/workbench.js';
import { Mark } from './parts/mark.js';

interface Props {
  readonly workbench: Workbench;
  readonly hasDemo: boolean;
}

export function TopBar({ workbench, hasDemo }: Props) {
  const gateway = workbench.gateway.value;
  const obstacle = workbench.obstacle.value;
  return (
    <header class="bar">
      <a class="bar-home" href="#/">
        <Mark />
        <span class="bar-name">Tandem</span>
      </a>
      <h1 class="bar-device">{gateway?.deviceName ?? '…'}</h1>
      <ConnectionBadge workbench={workbench} />
      <span class="bar-space" />
      {hasDemo && <AirSwitch workbench={workbench} />}
      <button type="button" class="button is-quiet" onClick={workbench.logOut}>
        Log out
      </button>
      {obstacle !== undefined && (
        <p class="alert bar-alert" role="alert">
          {adviceOn(obstacle)}
        </p>
      )}
    </header>
  );
}

const CONNECTION = {
  connected: { word: 'Live', title: 'Everything shown is as it is now' },
  connecting: { word: 'Resyncing', title: 'Catching up with the gateway' },
  waiting: { word: 'Resyncing', title: 'The connection is lost; the page tries again by itself' },
  closed: { word: 'Closed', title: 'The connection is closed' },
} as const;

function ConnectionBadge({ workbench }: { readonly workbench: Workbench }) {
  const { type } = workbench.state.value;
  const { word, title } = CONNECTION[type];
  const obstacle = workbench.obstacle.value;
  const look = obstacle === undefined ? type : 'closed';
  return (
    <span class={`badge is-${look}`} role="status" title={obstacle === undefined ? title : adviceOn(obstacle)}>
      <span class="badge-dot" aria-hidden="true" />
      {obstacle === undefined ? word : nameOf(obstacle)}
    </span>
  );
}

function AirSwitch({ workbench }: { readonly workbench: Workbench }) {
  const { isCut, setCut } = workbench.demoAir;
  if (isCut.value === undefined) return null;
  return (
    <button
      type="button"
      class={`button ${isCut.value ? 'is-alarm' : ''}`}
      aria-pressed={isCut.value}
      title="The simulated air between the demo's two devices"
      onClick={() => {
        // What fails leaves the switch as it was.
        setCut(!isCut.value).catch(() => {});
      }}
    >
      {isCut.value ? 'Heal the air' : 'Cut the air'}
    </button>
  );
}
