/** Reads one section of a VM description, and names what is wrong in it. */
import type { TomlTable, TomlValue } from "smol-toml";

/** The description is no TOML, or does not make a VM. The message names the place and what is expected there. */
export class VmConfigError extends Error {
  override readonly name = "VmConfigError";
}

export interface PciPath {
  readonly bus: number;
  readonly device: number;
  readonly function: number;
}

export class Section {
  readonly #name: string;
  readonly #table: TomlTable;

  /** `name` is how messages call it, for example `dev.disk0`. */
  constructor(name: string, table: TomlTable) {
    this.#name = name;
    this.#table = table;
  }

  /** The tables in it, by name. */
  sections(): [name: string, section: Section][] {
    return Object.entries(this.#table).map(([name, value]) => [
      name,
      new Section(`${this.#name}.${name}`, this.#tableOf(name, value)),
    ]);
  }

  names(): string[] {
    return Object.keys(this.#table);
  }

  has(key: string): boolean {
    return this.#value(key) !== undefined;
  }

  /** Empty when it is absent. */
  section(key: string): Section {
    return new Section(this.#at(key), this.#tableOf(key, this.#value(key) ?? {}));
  }

  /** An array of tables; empty when it is absent. */
  list(key: string): Section[] {
    const value = this.#value(key) ?? [];
    if (!Array.isArray(value)) throw this.fail(key, "an array of tables");
    return value.map((each, i) => new Section(`${this.#at(key)}[${i}]`, this.#tableOf(key, each)));
  }

  string(key: string): string {
    const value = this.#value(key);
    if (typeof value !== "string") throw this.fail(key, "a text");
    return value;
  }

  strings(key: string): string[] {
    const value = this.#value(key);
    if (!Array.isArray(value)) throw this.fail(key, "a list of texts");
    return value.map((each) => {
      if (typeof each !== "string") throw this.fail(key, "a list of texts");
      return each;
    });
  }

  /** A boolean, or (as some descriptions have it) the text of one. */
  boolean(key: string, fallback: boolean, options: { readonly allowText: boolean }): boolean {
    const value = this.#value(key);
    if (value === undefined) return fallback;
    if (typeof value === "boolean") return value;
    if (options.allowText && (value === "true" || value === "false")) return value === "true";
    throw this.fail(key, options.allowText ? 'true, false, "true" or "false"' : "true or false");
  }

  /** A whole number in the range, or the text of one. */
  integer(key: string, min: number, max: number): number {
    const value = this.#value(key);
    const number = typeof value === "string" && /^\d+$/.test(value) ? Number(value) : value;
    if (typeof number === "number" && Number.isSafeInteger(number) && number >= min && number <= max) return number;
    throw this.fail(key, `a whole number from ${min} to ${max}`);
  }

  integers(key: string, length: number, max: number): number[] {
    const value = this.#value(key);
    const isRight = (each: TomlValue): each is number =>
      typeof each === "number" && Number.isInteger(each) && each >= 0 && each <= max;
    if (!Array.isArray(value) || value.length !== length || !value.every(isRight)) {
      throw this.fail(key, `${length} whole numbers from 0 to ${max}`);
    }
    return value;
  }

  /** `bus.device.function` in decimal. */
  pciPath(key: string): PciPath {
    const fields = /^(\d{1,3})\.(\d{1,2})\.(\d)$/.exec(this.string(key))?.slice(1).map(Number) ?? [];
    const [bus, device, fn] = fields;
    if (bus === undefined || device === undefined || fn === undefined || bus > 255 || device > 31 || fn > 7) {
      throw this.fail(key, "a PCI path BUS.DEVICE.FUNCTION, for example 0.16.0");
    }
    return { bus, device, function: fn };
  }

  fail(key: string, expected: string): VmConfigError {
    const value = this.#value(key);
    const given = value === undefined ? "is missing" : `is ${JSON.stringify(value)}`;
    return new VmConfigError(`${this.#at(key)} ${given}: expected ${expected}`);
  }

  #at(key: string): string {
    return this.#name === "" ? key : `${this.#name}.${key}`;
  }

  #value(key: string): TomlValue | undefined {
    return Object.hasOwn(this.#table, key) ? this.#table[key] : undefined;
  }

  #tableOf(key: string, value: TomlValue): TomlTable {
    if (typeof value === "object" && !Array.isArray(value) && !(value instanceof Date)) return value;
    throw this.fail(key, "a table");
  }
}
