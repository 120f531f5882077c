import { useEffect, useRef, useState } from 'preact/hooks';
import { Button } from '../parts/controls/button.js';
import { Announcements } from '../parts/display/announcements.js';
import { LazyPart } from '../parts/loading/lazy-part.js';
import { Notice } from '../parts/display/notice.js';
import { isCutOff } from './connection.js';
import { Mark } from './mark.js';
import { pages } from './pages.js';
import { link, route } from './route.js';
import { isLoggedIn, logOut, session, sessionEnd } from './session.js';
import { ThemeChoice } from './theme-choice.js';
import { has } from './servers.js';
import { useHeartbeat } from './use-heartbeat.js';

/** What stands around every page: the navigation, who is logged in, and whether the server answers. */
export function Shell({ title }: { readonly title: string }) {
  useHeartbeat();
  const [open, setOpen] = useState(false);
  const main = useRef<HTMLElement>(null);
  const known = pages();
  const [first = 'overview'] = route.value.path;
  const page = known.find(({ path }) => path === first);
  const name = page?.name ?? 'Not found';

  useEffect(() => {
    document.title = `${name} · ${title}`;
    setOpen(false);
  }, [name, title]);

  return (
    <div class={`shell${open ? ' open' : ''}`}>
      <a
        class="skip"
        href="#main"
        onClick={(event) => {
          event.preventDefault();
          main.current?.focus();
        }}
      >
        Skip to the page
      </a>
      <header class="bar">
        <button
          type="button"
          class="menu"
          aria-expanded={open}
          aria-controls="navigation"
          onClick={() => setOpen(!open)}
        >
          <span aria-hidden="true">☰</span>
          <span class="hidden">Menu</span>
        </button>
        <Mark />
        <strong class="title">{title}</strong>
        <div class="user">
          <ThemeChoice />
          {isLoggedIn.value && <span class="name">{session.value?.subject}</span>}
          {isLoggedIn.value && (
            <Button kind="plain" onClick={logOut}>
              Log out
            </Button>
          )}
          {!isLoggedIn.value && has('login') && (
            <Button
              kind="plain"
              onClick={() => {
                sessionEnd.value = '';
                session.value = undefined;
              }}
            >
              Log in
            </Button>
          )}
        </div>
      </header>
      <nav id="navigation" aria-label="Pages">
        <ul>
          {known.map(({ path, name: text }) => (
            <li key={path}>
              <a href={link([path])} aria-current={path === first ? 'page' : undefined} onClick={() => setOpen(false)}>
                {text}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <main id="main" ref={main} tabIndex={-1}>
        {isCutOff.value && (
          <Notice kind="warning">The server does not answer. This page tries again until it does.</Notice>
        )}
        {page ? (
          <LazyPart key={page.path} name={page.name} load={page.load} properties={{}} />
        ) : (
          <Notice kind="error">
            There is no page “{first}” here, or you may not open it. <a href={link(['overview'])}>To the overview</a>
          </Notice>
        )}
      </main>
      <Announcements />
    </div>
  );
}
