import { type RefusalTable, refusal, statusIn } from '../balancers/refusals.ts'
import type { RpcError } from '../rpc-product.ts'

/** ECS error codes ("StartInstance", "StopInstance", "RunInstances", "TagResources": error codes). */
const ECS_ERRORS: RefusalTable = {
  MissingParameter: {
    status: 400,
    message: 'The input parameter "%s" that is mandatory for processing this request is not supplied.'
  },
  InvalidParameter: { status: 400, message: 'The specified parameter "%s" is not valid.' },
  'InvalidParameter.Mismatch': { status: 400, message: 'Specified virtual switch is not in the specified zone.' },
  DryRunOperation: { status: 400, message: 'Request validation has been passed with DryRun flag set.' },
  'InvalidRegionId.NotFound': { status: 404, message: 'The RegionId provided does not exist in our records.' },
  'InvalidZoneId.NotFound': { status: 404, message: 'The specified zoneId does not exist.' },
  'InvalidVSwitchId.NotFound': { status: 404, message: 'Specified virtual switch does not exist.' },
  IncorrectVSwitchStatus: {
    status: 400,
    message: 'The current status of virtual switch does not support this operation.'
  },
  'InvalidInstanceId.NotFound': { status: 404, message: 'The specified InstanceId does not exist.' },
  'InvalidInstanceId.NotSupport': { status: 403, message: 'Pre pay instance does not support this operation.' },
  IncorrectInstanceStatus: {
    status: 403,
    message: 'The current status of the resource does not support this operation.'
  },
  InstanceLockedForSecurity: {
    status: 403,
    message: 'The specified operation is denied as your instance is locked for security reasons.'
  },
  InstanceExpired: {
    status: 403,
    message: 'The postPaid instance has been expired. Please ensure your account have enough balance.'
  },
  InstanceExpiredOrInArrears: {
    status: 403,
    message:
      'The specified operation is denied as your prepay instance is expired (prepay mode) or in arrears (afterpay mode).'
  },
  InsufficientBalance: { status: 403, message: 'Your account does not have enough balance.' },
  InstanceNotReady: { status: 403, message: 'The specified instance is not ready for use.' },
  DiskError: { status: 403, message: 'IncorrectDiskStatus.' },
  DiskInArrears: { status: 403, message: 'The specified operation is denied as your disk has expired.' },
  'InvalidParameter.KMSKeyId.KMSUnauthorized': {
    status: 403,
    message: 'ECS service have no right to access your KMS.'
  },
  ChargeTypeViolation: { status: 403, message: 'The operation is not permitted due to charge type of the instance.' },
  'InvalidOperation.DeletionProtection': { status: 403, message: 'The instance is protected from release.' },
  'InvalidOperation.Conflict': { status: 403, message: 'The operation conflicts with another one.' },
  'OperationDenied.NoStock': {
    status: 403,
    message:
      'The resource is out of stock in the specified zone. Please try other types, or choose other regions and zones.'
  },
  'OperationDenied.SpotPriceLowerThanPublicPrice': {
    status: 403,
    message: 'The spot instance price is lower than public price.'
  },
  'OperationDenied.CreatingConflict': { status: 404, message: 'Another Instance has been creating' },
  'QuotaExceed.ElasticQuota': {
    status: 403,
    message: 'No additional quota is available for the specified ECS instance type.'
  },
  'QuotaExceed.AfterpayInstance': { status: 400, message: 'Living afterpay instances quota exceeded.' },
  'QuotaExceeded.PrivateIpAddress': { status: 400, message: "Don't have enough private IPs in this switch" },
  'Account.Arrearage': { status: 400, message: 'Your account has been in arrears.' },
  'InvalidAccountStatus.NotEnoughBalance': { status: 403, message: 'Your account does not have enough balance.' },
  'InvalidInstanceType.ValueNotSupported': {
    status: 400,
    message: 'The specified InstanceType beyond the permitted range.'
  },
  'InvalidInstanceChargeType.NotFound': {
    status: 404,
    message: 'The InstanceChargeType does not exist in our records'
  },
  InvalidSpotStrategy: { status: 400, message: 'The specified SpotStrategy is not valid.' },
  InvalidSpotPriceLimit: { status: 400, message: 'The specified SpotPriceLimitis not valid.' },
  'InvalidSpotPriceLimit.LowerThanPublicPrice': {
    status: 400,
    message: 'The specified parameter "spotPriceLimit" can\'t be lower than current public price.'
  },
  InvalidSpotDuration: { status: 400, message: 'The specified SpotDuration is not valid.' },
  InvalidSpotAuthorized: { status: 400, message: 'The specified Spot param is unauthorized.' },
  InvalidSpotAliUid: { status: 400, message: 'The specified UID is not authorized to use SPOT instance.' },
  InvalidSpotPrepaid: { status: 400, message: 'The specified Spot type is not support PrePay Instance.' },
  InvalidSpotInterruptionBehavior: { status: 400, message: 'The specified SpotInterruptionBehavior is not valid.' },
  'InvalidMaxAmount.Malformed': { status: 400, message: 'The specified parameter MaxAmount is not valid.' },
  'InvalidMinAmount.Malformed': { status: 400, message: 'The specified parameter MinAmount is not valid.' },
  'InvalidAutoReleaseTime.Malformed': {
    status: 400,
    message: 'The specified parameter AutoReleaseTime is not valid.'
  },
  'InvalidClientToken.ValueNotSupported': { status: 400, message: 'clienttoken is not valid.' },
  IdempotentParameterMismatch: {
    status: 400,
    message: 'The request uses the same client token as a previous, but non-identical request.'
  },
  'InvalidLaunchTemplate.NotFound': { status: 404, message: 'The specified launch template "%s" is not found.' },
  'InvalidLaunchTemplateVersion.NotFound': {
    status: 404,
    message: 'The specified launch template version "%s" is not found.'
  },
  'LaunchTemplateName.Duplicated': { status: 400, message: 'The specified LaunchTemplateName "%s" already exists.' },
  'InvalidResourceId.NotFound': { status: 404, message: 'The specified ResourceIds are not found in our records.' },
  'InvalidResourceType.NotFound': { status: 404, message: 'The ResourceType provided does not exist in our records.' },
  InvalidTagCount: { status: 400, message: 'The specified tags are beyond the permitted range.' },
  'InvalidTagKey.Malformed': { status: 400, message: 'The specified Tag.n.Key is not valid.' },
  'InvalidTagValue.Malformed': { status: 400, message: 'The specified Tag.n.Value is not valid.' },
  'Duplicate.TagKey': { status: 400, message: 'The Tag.N.Key contain duplicate key.' },
  'OperationDenied.QuotaExceed': {
    status: 400,
    message: 'The quota of tags on resource is beyond permitted range.'
  },
  'InvalidNotBefore.Passed': { status: 403, message: 'The NotBefore of system event has passed.' },
  'Forbidden.RAM': { status: 403, message: 'User not authorized to operate on the specified resource.' },
  NotImplemented: { status: 501, message: 'The sandbox does not support %s.' }
}

/** A refusal in ECS's words. @param about what it is about, where the text names it */
export function ecsError(code: string, about?: string): RpcError {
  return refusal(ECS_ERRORS, code, about)
}

/** HTTP status of an ECS error code. */
export const ecsStatusOf = statusIn(ECS_ERRORS)
