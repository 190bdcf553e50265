// What the page knows: the rules of mapping types, the Rust names, and the limits, as `data.rs` writes them.

const data = JSON.parse(document.getElementById('catalog-data').textContent);

const mappingByName = new Map(data.mappings.map((mapping) => [mapping.name, mapping]));
const mappingByModule = new Map(data.mappings.map((mapping) => [mapping.rust.module, mapping]));
for (const mapping of data.mappings) {
  mapping.fieldByName = new Map(mapping.fields.map((field) => [field.name, field]));
  for (const field of mapping.fields) {
    // A value is an array of id, name and, if it has any, the demands of parents.
    field.byId = field.values && new Map(field.values.map((value) => [value[0], value]));
  }
}

// The white space of Unicode, as Rust trims it; `trim` of JavaScript takes other characters.
const trimmed = (text) => text.replace(/^\p{White_Space}+|\p{White_Space}+$/gu, '');
const isBlank = (text) => trimmed(text) === '';

// VAN ignores case in names of columns and fields.
const sameName = (one, other) => one === other || one.toLowerCase() === other.toLowerCase();

const characters = (text) => Array.from(text).length;

const INVISIBLE = /[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2028\u2029\u2060-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e0fff}]/gu;

// Text of the schema or of a file on one line, without characters that hide text or turn it around.
function shown(text, most = 120) {
  const line = trimmed(text.replace(/[\p{White_Space}\p{Cc}]+/gu, ' ').replace(INVISIBLE, ''));
  const letters = Array.from(line);
  return letters.length > most ? letters.slice(0, most).join('') + '…' : line || '(no name)';
}

// The same in quotation marks, for sentences.
const quoted = (text) => `“${shown(text, 60)}”`;

// Words with commas and a last word between them; of many, the first and how many more there are.
function joined(words, last) {
  const MOST = 8;
  const some = words.slice(0, MOST);
  if (words.length > MOST) some.push(`${words.length - MOST} others`);
  return some.length < 2 ? some.join('') : `${some.slice(0, -1).join(', ')} ${last} ${some.at(-1)}`;
}

const mappingTitle = (mapping) => mapping.title ?? shown(mapping.name);

// A value as people call it, with what is sent.
function valueTitle(field, id) {
  const value = field?.byId?.get(id);
  return value ? `${quoted(value[1])} (${shown(id, 40)})` : quoted(id);
}
