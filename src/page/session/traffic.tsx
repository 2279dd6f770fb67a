/** The sums of a session's traffic. */
import type { TraceCounters } from '../../client/client.js';
import { formatBytes, formatMs } from '../parts/format.js';
import type { SessionWatch } from '../trace/session-watch.js';

export function Traffic({ watch }: { readonly watch: SessionWatch }) {
  const counters = watch.trace.value?.counters;
  if (counters === undefined) return null;
  const { textsSent, textsReceived, dataSent, dataReceived, bytesSent, bytesReceived } = counters;
  const { framesSent, framesReceived } = counters;
  const rows = [
    ['Texts', textsSent, textsReceived],
    ['Data', dataSent, dataReceived],
    ['Payload', formatBytes(bytesSent), formatBytes(bytesReceived)],
    ['Frames', framesSent, framesReceived],
  ] as const;
  return (
    <div class="traffic">
      <table>
        <thead>
          <tr>
            <td />
            <th scope="col">sent</th>
            <th scope="col">received</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(([name, sent, received]) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>{sent}</td>
              <td>{received}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <Course counters={counters} />
    </div>
  );
}

/** How it went on the way. */
function Course({ counters }: { readonly counters: TraceCounters }) {
  const { bytesQueued, resends, suspensions, roundTripMs } = counters;
  return (
    <dl>
      {bytesQueued > 0 && (
        <>
          <dt>Waiting to leave</dt>
          <dd>{formatBytes(bytesQueued)}</dd>
        </>
      )}
      <dt>Round trip</dt>
      <dd>{roundTripMs === undefined ? '–' : formatMs(roundTripMs)}</dd>
      <dt>Sent again</dt>
      <dd>{resends}</dd>
      <dt>Suspensions</dt>
      <dd>{suspensions}</dd>
    </dl>
  );
}
