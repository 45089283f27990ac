/** The text forms of upstream's table dump: every key and every argument is a string. */
import { formatMac } from "@racklet/net";
import type { FieldType, FieldValue, KeyField } from "./types.ts";

export function valueText(type: FieldType, value: FieldValue): string {
  return type === "mac" ? formatMac(Number(value)).toLowerCase() : String(value);
}

export function keyText<R>(key: KeyField<R>, row: R): string {
  switch (key.match) {
    case "exact":
      return valueText(key.type, key.value(row));
    case "lpm":
      return `${key.value(row)}/${key.length(row)}`;
    case "ternary":
      return `0x${key.value(row).toString(16)}/0x${key.mask(row).toString(16)}`;
    case "range":
      return `${key.low(row)}-${key.high(row)}`;
  }
}
