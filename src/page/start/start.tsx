/** What the page shows while no session is chosen: how to make one, and where a demo lends a hand, one click that does. */
import { useSignal } from '@preact/signals';
import type { AvailableDevice } from '../../protocol/collaboration.js';
import type { DemoSettings } from '../../protocol/page-settings.js';
import type { NewSession } from '../live/own-app.js';
import type { Workbench } from '../live/workbench.js';
import { NewSessionForm } from './new-session-form.js';

interface Props {
  readonly workbench: Workbench;
  readonly demo: DemoSettings | undefined;
}

export function Start({ workbench, demo }: Props) {
  const { gateway, ownApp, devices, route } = workbench;
  const isBusy = useSignal(false);
  const mayDrive = gateway.value?.scopes.includes('drive') ?? false;

  async function open(wanted: NewSession): Promise<void> {
    isBusy.value = true;
    const sessionId = await ownApp.open(wanted);
    isBusy.value = false;
    if (sessionId !== undefined) route.open(sessionId);
  }

  return (
    <div class="start">
      <h2>Two apps talk, and you watch</h2>
      <p class="lead">
        Choose a session to see its statechart live: where it is, how it came there, and what can happen next.
      </p>
      {ownApp.trouble.value !== '' && (
        <p class="alert" role="alert">
          {ownApp.trouble.value}
        </p>
      )}
      {demo !== undefined && mayDrive && (
        <TryIt demo={demo} devices={devices.value} isBusy={isBusy.value} onOpen={open} />
      )}
      {mayDrive && <NewSessionForm devices={devices.value} isBusy={isBusy.value} demo={demo} onOpen={open} />}
      {gateway.value !== undefined && !mayDrive && (
        <p class="hint">
          This token may look but not drive: sessions are made by apps, or with a token of scope drive.
        </p>
      )}
      <FromTerminal deviceName={devices.value[0]?.deviceName ?? 'DEVICE'} />
    </div>
  );
}

interface TryItProps {
  readonly demo: DemoSettings;
  readonly devices: readonly AvailableDevice[];
  readonly isBusy: boolean;
  readonly onOpen: (wanted: NewSession) => Promise<void>;
}

/** A session with the demo's second device, in one click. */
function TryIt({ demo, devices, isBusy, onOpen }: TryItProps) {
  const { deviceName, app, serviceName } = demo;
  const deviceId = devices.find((device) => device.deviceName === deviceName)?.deviceId;
  return (
    <section class="card">
      <h3>Try it</h3>
      <p>
        Opens a session between this page and the app on <strong>{deviceName}</strong> that sends back whatever it gets,
        over simulated Bluetooth LE.
      </p>
      <button
        type="button"
        class="button is-main"
        disabled={isBusy || deviceId === undefined}
        onClick={() => {
          if (deviceId !== undefined) void onOpen({ deviceId, app, serviceName });
        }}
      >
        {deviceId === undefined ? `Waiting for ${deviceName} …` : `Make a session with ${deviceName}`}
      </button>
    </section>
  );
}

function FromTerminal({ deviceName }: { readonly deviceName: string }) {
  return (
    <section class="card">
      <h3>From a terminal</h3>
      <p>
        Any app of this device will do; the command line is one. Its session is in the list for as long as it lives.
      </p>
      <pre>
        <code>npx tandem send {deviceName} "hello"</code>
      </pre>
    </section>
  );
}
