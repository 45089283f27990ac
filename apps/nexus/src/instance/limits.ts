/** How large an instance may be. */
import { invalidRequest, invalidValue } from "../errors.ts";

const GIB = 2 ** 30;

const MAX_VCPUS = 254;
const MIN_MEMORY = GIB;
const MAX_MEMORY = 1536 * GIB;
export const MAX_SSH_KEYS = 100;
const MAX_USER_DATA = 32 * 1024;

export function checkSize({ ncpus, memory }: { readonly ncpus: number; readonly memory: number }): void {
  if (ncpus < 1) throw invalidValue("ncpus", "number of vCPUs must be at least 1");
  if (ncpus > MAX_VCPUS) throw invalidRequest(`cannot have more than ${MAX_VCPUS} vCPUs per instance`);
  if (memory < MIN_MEMORY) throw invalidValue("size", "memory must be at least 1 GiB");
  if (memory % MIN_MEMORY !== 0) throw invalidValue("size", "memory must be divisible by 1 GiB");
  if (memory > MAX_MEMORY) throw invalidValue("size", "memory must be less than or equal to 1536 GiB");
}

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

export function checkUserData(userData: string): void {
  if (!BASE64.test(userData)) throw invalidValue("user_data", "it is not base64");
  const size = Buffer.byteLength(userData, "base64");
  if (size > MAX_USER_DATA) throw invalidRequest(`user data may be at most ${MAX_USER_DATA} bytes, has ${size}`);
}
