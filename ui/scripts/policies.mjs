// The content security policy of each file of the page.

// Scripts and styles are ours alone, and nothing inline is run, so that a name or a note that somebody logged can never
// become code. Pictures, media and documents may be made from bytes that the page has fetched.
const own =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; connect-src 'self'; frame-src 'self' blob:; object-src blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'";

// Pages that somebody logged run in these: with an origin of their own, and no network unless the user lets them.
const framed = (network) =>
  `sandbox allow-scripts; default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval' blob: data:${network}; worker-src blob:; style-src 'unsafe-inline' data:${network}; img-src data: blob:${network}; font-src data:${network}; media-src data: blob:${network};${network && ` connect-src${network};`} base-uri 'none'; form-action 'none'; frame-ancestors 'self'`;

const others = { "frame.html": framed(""), "frame-online.html": framed(" https:") };

export function policyOf(path) {
  return others[path] ?? own;
}
