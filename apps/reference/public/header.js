// The head of every page of the portal, the one of the REST interface included. A plain script: that page loads no modules.
(() => {
  const pages = [
    ['/docs', 'REST'],
    ['/docs/asyncapi', 'Sockets'],
    ['/docs/openrpc', 'Methods'],
    ['/connections', 'Connections'],
  ];
  const here = location.pathname.replace(/\/$/, '');
  const nav = document.createElement('nav');
  nav.setAttribute('aria-label', 'Portal');
  for (const [path, text] of pages) {
    const link = document.createElement('a');
    link.href = path;
    link.textContent = text;
    if (path === here) link.setAttribute('aria-current', 'page');
    nav.append(link);
  }
  const name = document.createElement('strong');
  name.textContent = 'Millrace';
  const login = document.createElement('a');
  login.href = '/login';
  login.textContent = 'Log in';
  const logout = document.createElement('button');
  logout.type = 'button';
  logout.textContent = 'Log out';
  logout.addEventListener('click', async () => {
    await fetch('/logout', { method: 'POST' });
    // Tokens that were typed in: the first of the pages of sockets and methods, the second of Swagger UI.
    sessionStorage.removeItem('token');
    localStorage.removeItem('authorized');
    location.reload();
  });
  const session = document.createElement('div');
  session.className = 'session';
  session.append(login, logout);
  const header = document.createElement('header');
  header.className = 'portal-header';
  header.append(name, nav, session);
  document.body.prepend(header);
})();
