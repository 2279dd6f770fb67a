/** Makes a session with any app on any device in range. */
import { useSignal } from '@preact/signals';
import type { AvailableDevice } from '../../protocol/collaboration.js';
import type { DemoSettings } from '../../protocol/page-settings.js';
import type { NewSession } from '../live/own-app.js';

interface Props {
  readonly devices: readonly AvailableDevice[];
  readonly isBusy: boolean;
  readonly demo: DemoSettings | undefined;
  readonly onOpen: (wanted: NewSession) => Promise<void>;
}

const FIELDS = [
  ['serviceName', 'Service', 'the same on both sides'],
  ['bundleName', 'Bundle', 'such as com.example.notes'],
  ['moduleName', 'Module', 'such as entry'],
  ['abilityName', 'Ability', 'such as EntryAbility'],
] as const;

export function NewSessionForm({ devices, isBusy, demo, onOpen }: Props) {
  const values = useSignal({ serviceName: '', moduleName: 'entry', abilityName: '', bundleName: '', ...demo?.app });
  const chosen = useSignal('');
  const { serviceName, ...app } = values.value;
  const deviceId = chosen.value === '' ? (devices[0]?.deviceId ?? '') : chosen.value;
  const isReady = deviceId !== '' && Object.values(values.value).every((value) => value.trim() !== '');
  return (
    <form
      class="card"
      onSubmit={(event) => {
        event.preventDefault();
        void onOpen({ deviceId, app, serviceName });
      }}
    >
      <h3>Another session</h3>
      <div class="fields">
        <label class="field">
          Device
          <select
            value={deviceId}
            onChange={({ currentTarget }) => {
              chosen.value = currentTarget.value;
            }}
          >
            {devices.length === 0 && <option value="">no device in range</option>}
            {devices.map((device) => (
              <option key={device.deviceId} value={device.deviceId}>
                {labelOf(device, devices)}
              </option>
            ))}
          </select>
        </label>
        {FIELDS.map(([name, label, hint]) => (
          <label class="field" key={name}>
            {label}
            <input
              value={values.value[name]}
              placeholder={hint}
              spellcheck={false}
              onInput={({ currentTarget }) => {
                values.value = { ...values.value, [name]: currentTarget.value };
              }}
            />
          </label>
        ))}
      </div>
      <button type="submit" class="button" disabled={!isReady || isBusy}>
        Make the session
      </button>
    </form>
  );
}

/** The name; where several devices have it, the id as well. */
function labelOf({ deviceId, deviceName }: AvailableDevice, devices: readonly AvailableDevice[]): string {
  const isUnique = devices.every((other) => other.deviceId === deviceId || other.deviceName !== deviceName);
  return isUnique ? deviceName : `${deviceName} (${deviceId})`;
}
