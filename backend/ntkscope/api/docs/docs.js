"use strict";
// Lists the operations of openapi.json, each with a form that sends it. Needs nothing from any other host.

const LONGEST = 20000;

function element(name, attributes = {}, ...children) {
  const node = Object.assign(document.createElement(name), attributes);
  node.append(...children);
  return node;
}

/** The example of a parameter, or its default. */
function example(parameter) {
  const schema = parameter.schema ?? {};
  const given = parameter.example ?? schema.examples?.[0] ?? schema.default ?? "";
  return given === null ? "" : String(given);
}

/** The body that is filled in: [media type, text]. */
function firstBody(operation) {
  const content = operation.requestBody?.content;
  if (!content) return null;
  const [type, media] = Object.entries(content)[0];
  const value = media.example ?? Object.values(media.examples ?? {})[0]?.value ?? {};
  return [type, typeof value === "string" ? value : JSON.stringify(value, null, 2)];
}

async function answer(response) {
  const type = response.headers.get("content-type") ?? "";
  let text;
  if (type.includes("json")) text = JSON.stringify(await response.json(), null, 2);
  else if (type.startsWith("text/")) text = await response.text();
  else text = `${(await response.arrayBuffer()).byteLength} bytes of ${type}`;
  if (text.length > LONGEST) text = `${text.slice(0, LONGEST)}\n… ${text.length - LONGEST} characters more`;
  return `${response.status} ${response.statusText}\n\n${text}`;
}

function form(method, path, operation) {
  const fields = [];
  const node = element("form");
  for (const parameter of operation.parameters ?? []) {
    const input = element("input", { name: parameter.name, value: example(parameter) });
    if (parameter.required) input.required = true;
    node.append(element("label", {}, `${parameter.name} (${parameter.in}) ${parameter.description ?? ""}`, input));
    fields.push([parameter, input]);
  }
  const body = firstBody(operation);
  const text = body && element("textarea", { value: body[1], spellcheck: false });
  if (body) node.append(element("label", {}, `Body, ${body[0]}`, text));
  const output = element("pre", { hidden: true, tabIndex: 0 });
  output.setAttribute("role", "status");
  node.append(element("button", { textContent: "Send" }), output);
  node.addEventListener("submit", async (event) => {
    event.preventDefault();
    let place = path.slice(1);
    const query = new URLSearchParams();
    const headers = {};
    for (const [parameter, input] of fields) {
      if (parameter.in === "path") place = place.replace(`{${parameter.name}}`, encodeURIComponent(input.value));
      else if (input.value === "") continue;
      else if (parameter.in === "query") query.set(parameter.name, input.value);
      else headers[parameter.name] = input.value;
    }
    if (body) headers["content-type"] = body[0];
    output.hidden = false;
    output.textContent = "…";
    const address = query.size ? `${place}?${query}` : place;
    try {
      const response = await fetch(address, { method, headers, body: text?.value });
      output.textContent = `${method} ${address}\n${await answer(response)}`;
    } catch (error) {
      output.textContent = `${method} ${address}\nThe server does not answer: ${error.message}`;
    }
  });
  return node;
}

async function main() {
  const state = document.getElementById("state");
  const place = document.getElementById("operations");
  try {
    const api = await (await fetch("openapi.json")).json();
    const groups = new Map();
    for (const [path, methods] of Object.entries(api.paths)) {
      for (const [method, operation] of Object.entries(methods)) {
        const name = operation.tags?.[0] ?? "other";
        if (!groups.has(name)) groups.set(name, element("section", {}, element("h2", { textContent: name })));
        const upper = method.toUpperCase();
        const [short, ...long] = (operation.description ?? operation.summary ?? "").split("\n");
        const summary = element(
          "summary",
          {},
          element("b", { textContent: upper }),
          element("code", { textContent: path }),
          element("span", { textContent: short }),
        );
        const node = element("details", { id: operation.operationId }, summary);
        if (long.length) node.append(element("p", { textContent: long.join(" ").trim() }));
        node.append(form(upper, path, operation));
        groups.get(name).append(node);
      }
    }
    place.replaceChildren(...groups.values());
  } catch (error) {
    state.textContent = `openapi.json cannot be read: ${error.message}`;
  }
}

main();
