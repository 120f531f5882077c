// Gets the cookie by which the other pages of the portal are let in.
const form = document.querySelector('#login');
const notice = document.querySelector('#notice');

form.addEventListener('submit', async (event) => {
  event.preventDefault();
  notice.className = '';
  notice.textContent = '';
  try {
    const reply = await fetch('/token', { method: 'POST', body: new URLSearchParams(new FormData(form)) });
    if (!reply.ok) {
      const { detail } = await reply.json();
      throw new Error(typeof detail === 'string' ? detail : `The server answered ${reply.status}`);
    }
    location.assign('/docs');
  } catch (error) {
    notice.className = 'failed';
    notice.textContent = error.message;
  }
});
