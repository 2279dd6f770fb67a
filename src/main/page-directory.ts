/** Where the live page of this package is. */
import { fileURLToPath } from 'node:url';

/** For the gateway's option `page`. From `src/main` as well as from `dist/main`. */
export const PAGE_DIRECTORY = fileURLToPath(new URL('../../dist/page/', import.meta.url));
