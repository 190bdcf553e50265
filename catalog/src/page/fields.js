// One field of a mapping in the composer: what fills it.

// Lists up to this long are a list to choose from; longer ones propose as one types.
const MOST_OPTIONS = 200;
const MOST_PROPOSED = 50;

function fieldRow(mapping, index, type, own) {
  const field = type.fieldByName.get(own.name);
  const id = fieldId(index, own.name);
  const isRequired = field.required === 'always';
  const remove = () => {
    mapping.fields = mapping.fields.filter((other) => other !== own);
    showCard(index);
    showOutcome();
    byId(`m${index}-add`)?.focus();
  };
  // What belongs to the chosen source is made anew; the control that chose it stays, so that letters typed on lead on in it.
  const rest = el('div', { class: 'field-rest' });
  const showRest = () => {
    fill(rest,
      own.kind === 'static' ? valueControl(field, `${id}-value`, `Value of ${shown(own.name)}`, own.value, false, (value, isOther) => {
        own.value = value;
        if (isOther) showRest();
        showOutcome();
      }) : [],
      own.kind === 'translated' ? translations(field, own, id, showRest) : []);
  };
  showRest();
  return el('div', { class: isRequired ? 'field field-required' : 'field' },
    el('div', { class: 'field-name' },
      el('label', { for: id }, shown(own.name)),
      isRequired && el('span', { class: 'badge badge-required' }, 'required'),
      field.description && el('span', { class: 'description', id: `${id}-about` }, field.description)),
    el('div', { class: 'field-source' },
      sourceSelect(field, own, id, showRest),
      rest),
    el('div', { class: 'field-remove' },
      !isRequired && el('button', { type: 'button', class: 'small', onclick: remove, 'aria-label': `Take out ${shown(own.name)}` }, 'Take out')),
    el('p', { class: 'note', id: `${id}-note` }));
}

// What fills a field: nothing yet, one value, a column, or a column whose values are translated.
function sourceSelect(field, own, id, showRest) {
  const choose = (event) => {
    const [kind, at] = event.target.value.split(':');
    own.kind = kind;
    if (kind === 'column' && at !== undefined) own.column = job.columns[Number(at)];
    if (kind === 'translated') {
      if (!job.columns.includes(own.column)) own.column = proposedColumns(job, field)[0] ?? job.columns[0];
      if (own.pairs.length === 0) own.pairs.push(['', '']);
    }
    showRest();
    showOutcome();
  };
  const columnOption = (column) => option(`column:${job.columns.indexOf(column)}`, shown(column, 60), own.kind === 'column' && own.column === column);
  const proposed = field.column ? proposedColumns(job, field) : [];
  const rest = job.columns.filter((column, index) => !proposed.includes(column) && job.columns.indexOf(column) === index);
  const isGone = own.kind === 'column' && !job.columns.includes(own.column);
  const takesColumn = field.column && job.columns.length > 0;
  return el('select', { id, onchange: choose, 'aria-describedby': field.description ? `${id}-about ${id}-note` : `${id}-note` },
    option('none', field.required === 'always' ? 'Choose …' : 'Not filled', own.kind === 'none'),
    isGone && option('column', `${shown(own.column, 60)} (not in the file)`, true),
    option('static', 'One value for all rows', own.kind === 'static'),
    takesColumn && proposed.length > 0 && el('optgroup', { label: 'Columns of a similar name' }, proposed.map(columnOption)),
    takesColumn && rest.length > 0 && el('optgroup', { label: proposed.length > 0 ? 'Other columns' : 'Columns' }, rest.map(columnOption)),
    // Texts have no values that those of a column could stand for.
    (own.kind === 'translated' || (takesColumn && !field.rust.text)) && option('translated', 'A column, its values translated', own.kind === 'translated'));
}

// A control for one value: a list to choose from, a text with proposals, or a text. `change` gets the value, and whether
// another control is needed for it. Translations lead to values of the list and to no other.
function valueControl(field, id, label, value, isTarget, change) {
  const isListed = field.byId?.has(value);
  if (field.values && field.values.length <= MOST_OPTIONS && (isListed || value === '')) {
    // A blank is no value of the list, so that the control becomes one to type an id into.
    const choose = ({ target }) => {
      if (target.value === 'other') change(' ', true);
      else change(target.value === '' ? '' : field.values[Number(target.value)][0], false);
    };
    return el('select', { id, 'aria-label': label, onchange: choose },
      option('', 'Choose a value …', value === ''),
      field.values.map((known, index) => option(index, `${shown(known[1], 80)} (${shown(known[0], 40)})`, known[0] === value)),
      !isTarget && option('other', 'Another id …', false));
  }
  const list = `${id}-list`;
  const input = el('input', { id, 'aria-label': label, value, autocomplete: 'off', spellcheck: 'false', list: field.values ? list : null, placeholder: placeholder(field) });
  if (!field.values) {
    input.addEventListener('input', () => change(wellFormed(input.value), false));
    return input;
  }
  const proposals = el('datalist', { id: list });
  const propose = () => {
    const typed = input.value.toLowerCase();
    const hits = [];
    for (const known of field.values) {
      if (`${known[0]} ${known[1]}`.toLowerCase().includes(typed) && hits.push(known) === MOST_PROPOSED) break;
    }
    proposals.replaceChildren(...hits.map((known) => option(known[0], shown(known[1], 80))));
  };
  // A name that one value has stands for its id.
  const settle = () => {
    const named = field.values.filter((known) => sameName(known[1], input.value));
    if (!field.byId.has(input.value) && named.length === 1) input.value = named[0][0];
    change(wellFormed(input.value), false);
  };
  input.value = trimmed(value);
  input.addEventListener('input', () => {
    propose();
    change(wellFormed(input.value), false);
  });
  input.addEventListener('change', settle);
  propose();
  return el('span', { class: 'proposing' }, input, proposals);
}

function placeholder(field) {
  if (field.values) return 'Id or name of a value';
  return field.rust.text ? 'Text' : 'Id of the value';
}

// The column of a translation, and what each of its values stands for.
function translations(field, own, id, showRest) {
  const name = shown(own.name);
  const pair = (each, index) => el('li', null,
    el('input', {
      id: `${id}-from-${index}`, value: each[0], 'aria-label': `Value ${index + 1} in the file, for ${name}`, placeholder: 'In the file', autocomplete: 'off', spellcheck: 'false',
      oninput: (event) => {
        each[0] = wellFormed(event.target.value);
        showOutcome();
      },
    }),
    el('span', { class: 'becomes' }, 'becomes'),
    valueControl(field, `${id}-to-${index}`, `What value ${index + 1} becomes, for ${name}`, each[1], true, (value) => {
      each[1] = value;
      showOutcome();
    }),
    el('button', {
      type: 'button', class: 'small', 'aria-label': `Take out value ${index + 1} of ${name}`,
      onclick: () => {
        own.pairs.splice(index, 1);
        showRest();
        showOutcome();
        byId(`${id}-more`).focus();
      },
    }, 'Take out'));
  const columns = job.columns.includes(own.column) ? job.columns : [own.column, ...job.columns];
  return el('div', { class: 'translations' },
    el('select', {
      id: `${id}-column`, 'aria-label': `Column of ${name}`,
      onchange: (event) => {
        own.column = columns[Number(event.target.value)];
        showOutcome();
      },
    }, columns.map((column, index) => option(index, shown(column, 60), column === own.column))),
    el('ul', null, own.pairs.map(pair)),
    el('button', {
      type: 'button', class: 'small', id: `${id}-more`,
      onclick: () => {
        own.pairs.push(['', '']);
        showRest();
        showOutcome();
        byId(`${id}-from-${own.pairs.length - 1}`).focus();
      },
    }, 'Add a value'));
}
