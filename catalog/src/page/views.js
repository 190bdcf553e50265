// The parts of the page, one at a time. Without a script, all stand below each other.

function showView() {
  const target = location.hash.length > 1 ? byId(decodeHash()) : null;
  const view = target?.closest('.view') ?? (document.body.dataset.view ? null : byId('types'));
  if (view) document.body.dataset.view = view.id;
  const list = target?.closest('details');
  if (list) list.open = true;
  for (const link of document.querySelectorAll('.views a')) {
    if (link.hash === `#${document.body.dataset.view}`) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
  // The element may have been hidden when the browser looked for it.
  if (target && target === view) scrollTo({ top: 0, behavior: 'instant' });
  else if (target && view) {
    target.scrollIntoView({ block: 'start', behavior: 'instant' });
    // What comes into view may turn out to be of another height than was guessed.
    requestAnimationFrame(() => target.scrollIntoView({ block: 'start', behavior: 'instant' }));
  }
}

function decodeHash() {
  try {
    return decodeURIComponent(location.hash.slice(1));
  } catch {
    return location.hash.slice(1);
  }
}

const THEMES = [['', 'Colours: as the system'], ['light', 'Colours: light'], ['dark', 'Colours: dark']];

// Nothing is stored: the page asks the system again when it is opened again.
function startTheme() {
  const button = byId('theme');
  let current = 0;
  button.hidden = false;
  button.addEventListener('click', () => {
    current = (current + 1) % THEMES.length;
    const [theme, text] = THEMES[current];
    if (theme) document.documentElement.dataset.theme = theme;
    else delete document.documentElement.dataset.theme;
    button.textContent = text;
  });
}

function startViews() {
  window.addEventListener('hashchange', showView);
  showView();
  startTheme();
}
