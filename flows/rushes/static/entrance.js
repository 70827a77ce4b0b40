// A link that the terminal printed has a ticket behind the #: sent once in a body, so that it stays in no history.
async function enter() {
  const found = /^#ticket=(.+)$/.exec(location.hash);
  if (!found) return;
  history.replaceState(null, '', location.pathname);
  const body = new URLSearchParams({ ticket: found[1] });
  const answer = await fetch('/enter', { method: 'POST', body }).catch(() => null);
  if (answer?.ok) location.reload();
  else document.getElementById('spent')?.removeAttribute('hidden'); // who is in already is not told
}

addEventListener('hashchange', enter); // the link was pasted into a tab that shows this page
await enter();
