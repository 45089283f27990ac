/**
 * Stands for the bytes of a request's body. It is made of them when it is first asked for, or once the request is answered:
 * no answer waits for a digest that only the next request may need. The bytes are let go then.
 */
import { hash } from "node:crypto";

export class BodyDigest {
  #bytes: Uint8Array | undefined;
  #text = "";

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** SHA-256: equal ones are of equal bodies. */
  get text(): string {
    if (this.#bytes !== undefined) {
      this.#text = hash("sha256", this.#bytes, "base64");
      this.#bytes = undefined;
    }
    return this.#text;
  }
}
