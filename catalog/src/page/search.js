// Search over names, fields, descriptions and values. What is shown is read from the page; values, of which the page shows a
// part, from the data.

// Texts to look in, made when the first letter is typed.
let searchIndex = null;

function indexTypes() {
  return Array.from(document.querySelectorAll('article.type'), (article) => {
    const module = article.id.slice('type-'.length);
    const mapping = mappingByModule.get(module);
    return {
      article,
      link: document.querySelector(`#index a[href="#${CSS.escape(article.id)}"]`).parentElement,
      name: `${mapping.title ?? ''} ${mapping.name}`.toLowerCase(),
      rows: Array.from(article.querySelectorAll('table.fields tbody tr'), (row) => [row, row.querySelector('th').textContent.toLowerCase()]),
      lists: Array.from(article.querySelectorAll('details.values'), (list) => [list, fieldOfList(list).values.map((value) => `${value[0]} ${value[1]}`.toLowerCase())]),
    };
  });
}

function search(query) {
  searchIndex ??= indexTypes();
  const words = query.toLowerCase().split(/\s+/).filter((word) => word !== '');
  const hits = (text) => words.every((word) => text.includes(word));
  const found = { types: 0, fields: 0, values: 0 };
  for (const each of searchIndex) {
    const isNamed = hits(each.name);
    const rows = each.rows.filter(([, text]) => hits(text));
    const lists = each.lists.map(([list, values]) => [list, words.length > 0 ? values.filter(hits).length : 0]);
    const values = lists.reduce((sum, [, count]) => sum + count, 0);
    const isFound = words.length === 0 || isNamed || rows.length > 0 || values > 0;
    each.article.hidden = !isFound;
    each.link.hidden = !isFound;
    // A name stands for the whole mapping type; otherwise its other fields would be in the way.
    const isPart = words.length > 0 && !isNamed;
    for (const [row, text] of each.rows) {
      row.classList.toggle('hit', words.length > 0 && hits(text));
      row.hidden = isPart && rows.length > 0 && !hits(text);
    }
    for (const [list, count] of lists) {
      list.open = words.length > 0 && count > 0 && !isNamed;
      filterList(list, list.open ? query : '');
    }
    if (isFound) {
      found.types += 1;
      found.fields += rows.length;
      found.values += values;
    }
  }
  const count = (number, thing) => `${number} ${thing}${number === 1 ? '' : 's'}`;
  byId('search-found').textContent = words.length === 0
    ? ''
    : `Found in ${count(found.types, 'mapping type')}: ${count(found.fields, 'field')}, ${count(found.values, 'value')}.`;
}

function startSearch() {
  const input = byId('search-for');
  byId('search').hidden = false;
  input.addEventListener('input', () => search(input.value));
  input.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && input.value !== '') {
      input.value = '';
      search('');
      event.preventDefault();
    }
  });
  document.addEventListener('keydown', (event) => {
    const isTyping = event.target.closest('input, textarea, select');
    if (event.key !== '/' || isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    if (document.body.dataset.view !== 'types') location.hash = '#types';
    document.body.dataset.view = 'types';
    input.focus();
    input.select();
  });
}
