/** libsodium as WebAssembly, ready: the same on every processor, system and in browsers, and without a compiler. Import it where a link is sealed only. */
import sodium from 'libsodium-wrappers';

await sodium.ready;

export { sodium };
