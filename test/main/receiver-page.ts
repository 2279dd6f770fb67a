/** Runs in the page of an inspector: writes each actor's state as a line. */
import { createBrowserReceiver } from '@statelyai/inspect';

createBrowserReceiver().subscribe((event) => {
  if (event.type !== '@xstate.snapshot') return;
  const line = `${event.sessionId} ${Object(event.snapshot).value}`;
  const { document } = globalThis as unknown as { document: PageDocument }; // the tests' types are those of Node
  const paragraph = document.createElement('p');
  paragraph.textContent = line;
  document.body.append(paragraph);
});

interface PageDocument {
  createElement(name: 'p'): { textContent: string };
  readonly body: { append(element: object): void };
}
