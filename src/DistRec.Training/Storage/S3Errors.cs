using System.Net;
using Amazon.Runtime;

namespace DistRec.Training.Storage;

/// <summary>What failures of an S3 service mean, and what to do about them.</summary>
internal static class S3Errors
{
    /// <summary>Whether the same request may do better after a pause.</summary>
    public static bool MayPass(Exception exception) => exception switch
    {
        AmazonServiceException refused when refused.StatusCode != 0 =>
            refused.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout or >= HttpStatusCode.InternalServerError
            || refused.ErrorCode is "RequestTimeout" or "SlowDown" or "InternalError" or "ServiceUnavailable",
        HttpRequestException or IOException or OperationCanceledException => true,
        _ => exception.InnerException is { } inner && MayPass(inner),
    };

    /// <summary>The store's own error for a failed request.</summary>
    public static BlobStoreException Translate(S3Settings settings, string name, Exception exception) => exception switch
    {
        // An answer to HEAD has no body, so its code is but the status.
        AmazonServiceException { ErrorCode: "NoSuchKey" or "NotFound" } => new BlobNotFoundException(settings.ToString(), name),
        AmazonServiceException { ErrorCode: "InvalidRange" or "RequestedRangeNotSatisfiable" } => new BlobDamagedException(
            settings.ToString(), name, $"at least the {BlobTrailer.Length} bytes of a checksum", "fewer"),
        AmazonServiceException refused when refused.StatusCode != 0 => Refused(settings, name, refused),
        _ => Unreached(settings, name, exception),
    };

    /// <summary>What to say when no whole answer came.</summary>
    public static BlobStoreException Unreached(S3Settings settings, string name, Exception exception) => new(
        $"{PlaceOf(settings, name)}: expected an answer from {EndpointOf(settings)}, found: {Innermost(exception).Message.TrimEnd('.')}; " +
        $"{TriesOf(settings, exception)}check the endpoint, the network and the keys",
        exception);

    private static BlobStoreException Refused(S3Settings settings, string name, AmazonServiceException refused) => new(
        $"{PlaceOf(settings, name)}: expected {EndpointOf(settings)} to take the request, found {(int)refused.StatusCode} {refused.ErrorCode}: " +
        $"{refused.Message.TrimEnd('.')}; {TriesOf(settings, refused)}{Advice(refused.ErrorCode)}",
        refused);

    private static string Advice(string? code) => code switch
    {
        "InvalidAccessKeyId" or "SignatureDoesNotMatch" or "InvalidToken" or "ExpiredToken" =>
            "check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN",
        "AccessDenied" or "Forbidden" => "give the key leave to list the bucket, and to get, put and delete its objects",
        "NoSuchBucket" => "make the bucket, or correct its name",
        "PermanentRedirect" or "AuthorizationHeaderMalformed" or "IllegalLocationConstraintException" => "give the bucket's region",
        "RequestTimeTooSkewed" => "set this machine's clock",
        "PreconditionFailed" => "the blob was replaced while it was read: read it again",
        "NoSuchUpload" => "an upload in parts was removed on its way: store the blob again",
        _ => "look at the service's state and its documentation, and try later",
    };

    private static string TriesOf(S3Settings settings, Exception exception) =>
        MayPass(exception) ? $"tried {settings.Retries + 1} times, at most {settings.Timeout.TotalSeconds:0.###} s each: " : "";

    private static string PlaceOf(S3Settings settings, string name) => name.Length == 0 ? settings.ToString() : $"{settings}: the blob {name}";

    private static string EndpointOf(S3Settings settings) => settings.Endpoint?.ToString() ?? $"Amazon S3 in {settings.Region}";

    private static Exception Innermost(Exception exception) => exception.InnerException is { } inner ? Innermost(inner) : exception;
}
