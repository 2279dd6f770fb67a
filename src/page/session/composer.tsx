/** Sends texts and bytes, and shows when the other side's broker had them and what came back. */
import { useSignal } from '@preact/signals';
import type { SessionSummary } from '../../client/client.js';
import { MAX_MESSAGE_BYTES } from '../../protocol/limits.js';
import { fromHex, type Line } from '../live/conversation.js';
import type { Workbench } from '../live/workbench.js';
import { formatBytes, formatMs } from '../parts/format.js';
import type { SessionWatch } from '../trace/session-watch.js';
import { Traffic } from './traffic.js';

interface Props {
  readonly workbench: Workbench;
  readonly watch: SessionWatch;
  readonly session: SessionSummary;
  readonly isOwn: boolean;
}

const utf8 = new TextEncoder();

export function Composer({ workbench, watch, session, isOwn }: Props) {
  const lines = isOwn ? workbench.ownApp.conversationOf(session.sessionId).lines.value : [];
  return (
    <section class="card messages" aria-label="Messages">
      <h3>Messages</h3>
      {isOwn ? (
        <ComposerForm workbench={workbench} watch={watch} session={session} />
      ) : (
        <p class="hint">What another app sends is not shown, only counted.</p>
      )}
      {lines.length > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and the keyboard has to, too
        <ol class="lines" aria-label="What was sent and received" aria-live="polite" tabIndex={0}>
          {[...lines].reverse().map((line) => (
            <MessageLine key={line.number} line={line} />
          ))}
        </ol>
      )}
      <Traffic watch={watch} />
    </section>
  );
}

function ComposerForm({ workbench, watch, session }: Omit<Props, 'isOwn'>) {
  const text = useSignal('');
  const isBytes = useSignal(false);
  const { sessionId, state } = session;
  const bytes = isBytes.value ? fromHex(text.value) : utf8.encode(text.value);
  const isFit = bytes !== undefined && bytes.length > 0 && (isBytes.value || bytes.length <= MAX_MESSAGE_BYTES);
  // A suspended session keeps what is sent until its link is back.
  const isOpen = state === 'connected' || state === 'suspended';

  async function send(): Promise<void> {
    if (!isFit || !isOpen || bytes === undefined) return;
    const conversation = workbench.ownApp.conversationOf(sessionId);
    const sent = isBytes.value ? conversation.sendBytes(bytes) : conversation.sendText(text.value);
    text.value = '';
    await sent;
    await watch.refreshCounters();
  }

  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send().catch(() => {}); // how it fared is in its line
      }}
    >
      <fieldset class="switch">
        <legend class="sr">What to send</legend>
        {(['Text', 'Bytes'] as const).map((word) => (
          <label key={word}>
            <input
              type="radio"
              name="payload"
              checked={isBytes.value === (word === 'Bytes')}
              onChange={() => {
                isBytes.value = word === 'Bytes';
              }}
            />
            {word}
          </label>
        ))}
      </fieldset>
      <input
        class="composer-input"
        aria-label={isBytes.value ? 'Bytes in hexadecimal' : 'Text to send'}
        placeholder={isBytes.value ? '48 65 6c 6c 6f' : 'Say something'}
        value={text.value}
        onInput={({ currentTarget }) => {
          text.value = currentTarget.value;
        }}
      />
      <button type="submit" class="button is-main" disabled={!isFit || !isOpen}>
        Send
      </button>
      <span class="composer-size">{sizeWords(bytes?.length, isBytes.value, isOpen)}</span>
    </form>
  );
}

function sizeWords(bytes: number | undefined, isBytes: boolean, isOpen: boolean): string {
  if (!isOpen) return 'Connect first: nothing can be sent in this state.';
  if (bytes === undefined) return 'Pairs of hexadecimal digits, such as 48 65 6c.';
  return isBytes ? formatBytes(bytes) : `${bytes} of ${MAX_MESSAGE_BYTES.toLocaleString('en')} bytes`;
}

const OUTCOMES = { sending: 'on its way', acknowledged: 'acknowledged', failed: 'failed' } as const;

function MessageLine({ line }: { readonly line: Line }) {
  const { isOwn, text, isData, bytes, outcome, roundTripMs, why } = line;
  return (
    <li class={`line-item ${isOwn ? 'is-own' : ''} ${outcome === 'failed' ? 'is-failed' : ''}`}>
      <span class="line-way" aria-hidden="true">
        {isOwn ? '→' : '←'}
      </span>
      <span class="sr">{isOwn ? 'sent' : 'received'}</span>
      <span class={isData ? 'line-text is-data' : 'line-text'}>{text}</span>
      <span class="line-facts">
        {formatBytes(bytes)}
        {outcome !== undefined && ` · ${OUTCOMES[outcome]}`}
        {roundTripMs !== undefined && ` in ${formatMs(roundTripMs)}`}
        {why !== undefined && ` · ${why}`}
      </span>
    </li>
  );
}
