// What modules of the page look for when they are loaded, for tests that draw components as text, without a browser.
const page = Object.assign(new EventTarget(), { hidden: false, baseURI: "http://localhost/", documentElement: { dataset: {} } });
const matchMedia = () => new EventTarget();
const view = Object.assign(new EventTarget(), { setTimeout, clearTimeout, matchMedia });
Object.assign(globalThis, { window: view, matchMedia, devicePixelRatio: 1, navigator: { language: "en" }, document: page, history: { replaceState: (_: unknown, __: string, hash: string) => Object.assign(location, { hash }) }, location: { hash: "", search: "", origin: "http://localhost", pathname: "/" } });

export {};
