/** Geneve virtual network identifiers: 24 bits, those below 1024 reserved for the system. */

export const VNI_MAX = 0xff_ffff;
export const MULTICAST_VNI = 77;
export const SERVICES_VNI = 100;
export const GUEST_VNI_FIRST = 1024;

export function isVni(n: number): boolean {
  return Number.isInteger(n) && n >= 0 && n <= VNI_MAX;
}

export function isGuestVni(n: number): boolean {
  return isVni(n) && n >= GUEST_VNI_FIRST;
}
