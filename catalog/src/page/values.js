// Long value lists: the page holds the beginning, and the rest is shown on demand.

const AT_ONCE = 100;

const fieldOfList = (list) =>
  mappingByModule.get(list.dataset.mapping).fields.find((field) => field.rust.method === list.dataset.field);

// Shows the values of a list in which every word of the query is; the first of them, and more on demand.
function filterList(list, query) {
  const input = list.querySelector('input');
  if (!input) return;
  if (input.value !== query) input.value = query;
  showValues(list, AT_ONCE);
}

function showValues(list, most) {
  const field = fieldOfList(list);
  const words = list.querySelector('input').value.toLowerCase().split(/\s+/).filter((word) => word !== '');
  const isHit = (value) => words.every((word) => `${value[0]} ${value[1]}`.toLowerCase().includes(word));
  const hits = field.values.filter(isHit);
  const hasParents = field.values.some((value) => value[2]);
  const demands = (value) => (value[2] ?? []).map((parent) => `${shown(parent.field)} is ${joined((parent.allowed ?? []).map((id) => shown(id)), 'or')}`);
  const row = (value) => el('tr', null,
    el('td', null, el('code', null, shown(value[0]))),
    el('td', null, shown(value[1])),
    hasParents && el('td', null, demands(value).join(' and ')));
  list.querySelector('tbody').replaceChildren(...hits.slice(0, most).map(row));
  const more = list.querySelector('.more');
  more.replaceChildren(hits.length === 0 ? 'No value matches.' : `${Math.min(most, hits.length)} of ${hits.length} values. `);
  if (hits.length > most) {
    more.append(el('button', { type: 'button', onclick: () => showValues(list, most + 10 * AT_ONCE) }, 'Show more'));
  }
}

function startValues() {
  // Only lists of which the page shows a part have something to filter.
  for (const more of document.querySelectorAll('details.values .more')) {
    const list = more.closest('details');
    const id = `filter-${list.id}`;
    list.querySelector('.list').prepend(el('p', { class: 'filter' },
      el('label', { for: id }, 'Filter by id or name'),
      el('input', { id, type: 'search', autocomplete: 'off', spellcheck: 'false', oninput: () => showValues(list, AT_ONCE) })));
    more.setAttribute('role', 'status');
  }
}
