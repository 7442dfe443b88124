/** What an element is made with. `class`, `text` and listeners (`onclick`) are set; everything else is an attribute. */
export type Properties = Readonly<Record<string, string | number | boolean | undefined | ((event: Event) => void)>>

export type Child = Node | string | undefined | false

/** Makes an element. Text is only ever set as text: nothing that a log holds can become markup. */
export function h<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  properties: Properties = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name)
  applyProperties(element, properties)
  append(element, children)
  return element
}

/** The same for a drawing. */
export function s<Name extends keyof SVGElementTagNameMap>(
  name: Name,
  properties: Properties = {},
  ...children: readonly Child[]
): SVGElementTagNameMap[Name] {
  const element = document.createElementNS('http://www.w3.org/2000/svg', name)
  applyProperties(element, properties)
  append(element, children)
  return element
}

/** Puts these in the place of what an element holds. */
export function fill(element: Element, ...children: readonly Child[]): void {
  element.replaceChildren()
  append(element, children)
}

/** Numbers for a style sheet: `--x: 3`. Set through the object model, which the content security policy allows. */
export function setVariables(
  element: HTMLElement | SVGElement,
  values: Readonly<Record<string, string | number>>
): void {
  for (const [name, value] of Object.entries(values)) element.style.setProperty(`--${name}`, String(value))
}

function applyProperties(element: Element, properties: Properties): void {
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === false) continue
    if (typeof value === 'function') element.addEventListener(name.slice(2), value)
    else if (name === 'text') element.textContent = String(value)
    else element.setAttribute(name, value === true ? '' : String(value))
  }
}

function append(element: Element, children: readonly Child[]): void {
  for (const child of children) if (child !== undefined && child !== false) element.append(child)
}
