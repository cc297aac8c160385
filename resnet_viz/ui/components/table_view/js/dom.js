// Making elements. Words only ever become text or attributes, never markup.

function element(name, className = "", text = null) {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text !== null) made.textContent = text;
  return made;
}

function withRole(name, role, className = "", text = null) {
  const made = element(name, className, text);
  made.setAttribute("role", role);
  return made;
}

// "{n} of {total}" with its values filled in.
function sentence(template, values) {
  return template.replace(/\{(\w+)\}/g, (all, key) => (Object.hasOwn(values, key) ? String(values[key]) : all));
}

// Streamlit listens to keys of its own at the document.
function handled(event) {
  event.preventDefault();
  event.stopPropagation();
}
