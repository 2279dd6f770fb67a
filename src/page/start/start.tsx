/** What the page shows while no session is chosen: how to make one, and where a demo lends a hand, one click that does. */
import { useSignal } from '@preact/signals';
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
  const trouble = ownApp.trouble.value;

  async function open(wanted: NewSession): Promise<void> {
    isBusy.value = true;
    const sessionId = await ownApp.open(wanted);
    isBusy.value = false;
    if (sessionId !== undefined) route.open(sessionId);
  }

  const phone = devices.value.find(({ deviceName }) => deviceName === demo?.deviceName);
  return (
    <div class="start">
      <h2>Two apps talk, and you watch</h2>
      <p class="lead">
        Choose a session on the left to see its statechart live: where it is, how it came there, and what can happen
        next.
      </p>
      {trouble !== '' && (
        <p class="alert" role="alert">
          {trouble}
        </p>
      )}
      {demo !== undefined && mayDrive && (
        <section class="card">
          <h3>Try it</h3>
          <p>
            Opens a session between this page and the app on <strong>{demo.deviceName}</strong> that sends back whatever
            it gets, over simulated Bluetooth LE.
          </p>
          <button
            type="button"
            class="button is-main"
            disabled={isBusy.value || phone === undefined}
            onClick={() =>
              phone && void open({ deviceId: phone.deviceId, app: demo.app, serviceName: demo.serviceName })
            }
          >
            {phone === undefined ? `Waiting for ${demo.deviceName} …` : `Make a session with ${demo.deviceName}`}
          </button>
        </section>
      )}
      {mayDrive ? (
        <NewSessionForm devices={devices.value} isBusy={isBusy.value} demo={demo} onOpen={open} />
      ) : (
        <p class="hint">
          This token may look but not drive: sessions are made by apps, or with a token of scope drive.
        </p>
      )}
      <section class="card">
        <h3>From a terminal</h3>
        <p>
          Any app of this device will do; the command line is one. Its session shows in the list for as long as it
          lives.
        </p>
        <pre>
          <code>npx tandem send {phone?.deviceName ?? devices.value[0]?.deviceName ?? 'DEVICE'} "hello"</code>
        </pre>
      </section>
    </div>
  );
}
