// Making elements. Text becomes text nodes and values of attributes, never markup.

const byId = (id) => document.getElementById(id);

// An element with attributes, listeners (`onclick` and the like) and children; those that are false or missing are left out.
function el(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes ?? {})) {
    if (key.startsWith('on')) made.addEventListener(key.slice(2), value);
    else if (value === true) made.setAttribute(key, '');
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(key, value);
  }
  made.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}

const option = (value, text, isSelected) => el('option', { value, selected: isSelected }, text);

// Replaces the children of an element, and puts the focus back onto the control of the same id.
function fill(parent, ...children) {
  const focused = parent.contains(document.activeElement) ? document.activeElement.id : '';
  parent.replaceChildren(...children.flat());
  if (focused) byId(focused)?.focus({ preventScroll: true });
}

// What cannot be written down as UTF-8 becomes a replacement character.
const wellFormed = (text) => (text.toWellFormed ? text.toWellFormed() : text);
