/** The one place where propolis' errors become HTTP answers. Statuses, codes and texts are upstream's. */
import { HttpError } from "@racklet/api-kit";
import { PropolisError } from "../errors.ts";

/** Undefined for an error that is not the domain's: the framework answers 500 and logs it. */
export function translateError(error: unknown): HttpError | undefined {
  if (!(error instanceof PropolisError)) return undefined;
  const { kind, message } = error;
  switch (kind) {
    case "noInstance":
      return new HttpError(424, message, { code: "NoInstance" });
    case "alreadyInitialized":
      return new HttpError(409, message, { code: "AlreadyInitialized" });
    case "badSpec":
    case "invalid":
      return HttpError.badRequest(message);
    case "createFailed":
      return HttpError.internal(error);
    // The reason is in the code, here and below.
    case "stateChangeRefused":
      return new HttpError(403, "Forbidden", { code: message });
    case "noSuchDisk":
      return new HttpError(404, "Not Found", { code: message });
    case "volumeRefused":
      return HttpError.badRequest(message, message);
    case "neverReached":
      return new HttpError(410, message, { code: "NoInstance" });
    case "destroyedFirst":
      return new HttpError(410, message, { code: message });
    case "tooMany":
      return new HttpError(503, message);
  }
}
