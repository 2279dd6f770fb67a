/** The live page: logs in, then shows every session of this device as it lives. */
import { render } from 'preact';
import { App } from './app.js';
import { createAccess } from './login/access.js';
import './styles/base.css';
import './styles/parts.css';
import './styles/frame.css';
import './styles/list.css';
import './styles/session.css';
import './styles/chart.css';
import './styles/timeline.css';

const place = document.getElementById('page');
if (place !== null) render(<App access={createAccess()} />, place);
