// Turns the ticket behind the # into the UI's password and the room's cookie. The address is cleared first.
const STORED = 'prefect-password'; // where Prefect's UI looks for it
const ticket = location.hash.slice(1);
history.replaceState(null, '', location.pathname);

async function opened() {
  const answer = await fetch(location.pathname, { method: 'POST', body: ticket });
  const given = await answer.json();
  if (!answer.ok) throw new Error(given.problem);
  localStorage.setItem(STORED, given.auth);
  return given;
}

async function roomOpened({ room, ticket: forRoom }) {
  // Where the room does not answer, the UI is still worth opening; the room's own page then asks for its token.
  if (!room) return;
  const body = new URLSearchParams({ ticket: forRoom });
  await fetch(`${room}/enter`, { method: 'POST', credentials: 'include', body, signal: AbortSignal.timeout(5000) })
    .catch(() => undefined);
}

async function isKnown() {
  const stored = localStorage.getItem(STORED);
  if (!stored) return false;
  const answer = await fetch('/api/admin/version', { headers: { authorization: `Basic ${stored}` } });
  return answer.ok;
}

try {
  if (!ticket) throw new Error('This page is opened by a link that the terminal prints.');
  const given = await opened();
  await roomOpened(given);
  location.replace(given.ui);
} catch (problem) {
  if (await isKnown().catch(() => false)) location.replace('/v2/deployments');
  document.getElementById('said').textContent = problem.message;
  document.getElementById('help').hidden = false;
}
