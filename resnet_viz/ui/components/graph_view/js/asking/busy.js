// Is anything under way? Whoever waits for the page, a screen reader or a test, is told.

export class Busy {
  #root;
  #count = 0;

  /** @param {HTMLElement} root */
  constructor(root) {
    this.#root = root;
  }

  get isBusy() {
    return this.#count > 0;
  }

  begin() {
    this.#count += 1;
    this.#tell();
  }

  end() {
    this.#count -= 1;
    this.#tell();
  }

  #tell() {
    this.#root.setAttribute("aria-busy", String(this.isBusy));
  }
}
