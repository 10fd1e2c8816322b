import type { OwnerAddress } from "../../host/host";

export const isAddress = (text: string) => /^[^\s@<>(),;:"]+@[^\s@<>(),;:"]+$/.test(text);

export const sameAddress = (a: string, b: string) => a.toLowerCase() === b.toLowerCase();

export const addedAddress = (address: string): OwnerAddress => ({
  address,
  sentFrom: 0,
  deliveredTo: 0,
  answeredAs: 0,
  chosen: true,
});
