/** The newest form of every type of the external API: what everything but the conversions between versions uses. */
export {
  DeviceAccessToken,
  DeviceAccessTokenRequest,
  DeviceAccessTokenResultsPage,
  DeviceAuthRequest,
  DeviceAuthVerify,
  UsernamePasswordCredentials,
} from "./v2025112000/auth.ts";
export { ByteCount } from "../common/network.ts";
export { InstanceState } from "./v2025112000/instance.ts";
export { Instance } from "./v2026060800/instance.ts";
export {
  Rack,
  RackResultsPage,
  SledInstance,
  SledInstanceResultsPage,
  SledPolicy,
  Switch,
  SwitchResultsPage,
} from "./v2025112000/hardware.ts";
export { FleetRolePolicy, ProjectRolePolicy, SiloRolePolicy, type Policy } from "./v2025112000/policy.ts";
export {
  IdentityProvider,
  IdentityProviderResultsPage,
  Silo,
  SiloCreate,
  SiloQuotas,
  SiloQuotasResultsPage,
  SiloQuotasUpdate,
  SiloResultsPage,
} from "./v2025112000/silo.ts";
export { SshKey, SshKeyCreate, SshKeyResultsPage } from "./v2025112000/ssh-key.ts";
export { Ping } from "./v2025112000/system.ts";
export { UserCreate, UserPassword } from "./v2025112000/user.ts";
export { CurrentUser, Group, GroupResultsPage, User, UserResultsPage } from "./v2026030200/user.ts";
export { Sled, SledResultsPage } from "./v2026081200/hardware.ts";
