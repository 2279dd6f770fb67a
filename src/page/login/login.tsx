/** The way in: an access token, typed or pasted. */
import { useState } from 'preact/hooks';
import { Mark } from '../parts/mark.js';
import type { Access } from './access.js';

export function Login({ access }: { readonly access: Access }) {
  const [token, setToken] = useState('');
  const trouble = access.trouble.value;
  if (access.isBusy.value) return <p class="waiting">Logging in …</p>;
  return (
    <main class="login">
      <form
        class="card login-card"
        onSubmit={(event) => {
          event.preventDefault();
          if (token.trim() !== '') access.enter(token.trim());
        }}
      >
        <h1>
          <Mark /> Tandem
        </h1>
        <p class="quiet">Watch the sessions of this device as they live.</p>
        {trouble !== '' && (
          <p class="alert" role="alert">
            {trouble}
          </p>
        )}
        <label for="token">Access token</label>
        <input
          id="token"
          type="password"
          autocomplete="off"
          spellcheck={false}
          value={token}
          onInput={({ currentTarget }) => setToken(currentTarget.value)}
        />
        <button type="submit" class="button is-main" disabled={token.trim() === ''}>
          Log in
        </button>
        <p class="hint">
          The token of this device is in the file <code>token</code> of the state directory that{' '}
          <code>tandem start</code> prints. <code>tandem start --demo</code> prints an address that logs in by itself,
          once.
        </p>
      </form>
    </main>
  );
}
