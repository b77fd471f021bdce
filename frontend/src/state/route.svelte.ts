/** Which page is shown, told by the address: "./" is the Lab, "./sweep" the width study, "./server" what its owner sees of the server, under any sub-path. */

export type PageName = "lab" | "sweep" | "server";

/** Where a page lies, seen from any other: views are one level deep. */
export const ADDRESSES: Record<PageName, string> = { lab: "./", sweep: "./sweep", server: "./server" };

export class Route {
  page = $state<PageName>(pageAt(location.pathname));

  constructor() {
    addEventListener("popstate", () => (this.page = pageAt(location.pathname)));
  }

  /** Show a page under an address of its own; the hash is the page's own. */
  go(page: PageName, hash = ""): void {
    const target = new URL(ADDRESSES[page], document.baseURI);
    target.hash = hash;
    if (target.href !== location.href) history.pushState(null, "", target);
    this.page = page;
  }
}

export function pageAt(path: string): PageName {
  if (path.endsWith("/server")) return "server";
  return path.endsWith("/sweep") ? "sweep" : "lab";
}
