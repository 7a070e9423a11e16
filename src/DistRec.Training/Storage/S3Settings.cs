namespace DistRec.Training.Storage;

/// <summary>Where an S3-compatible store is, and as whom to speak to it.</summary>
/// <param name="Bucket">The bucket, which must exist.</param>
public sealed record S3Settings(string Bucket)
{
    /// <summary>What the keys begin with, as a blob's name would; empty for none.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>The service's address, such as <c>http://minio:9000</c>; null for Amazon's own in the region.</summary>
    public Uri? Endpoint { get; init; }

    /// <summary>The region that requests are signed for; other services than Amazon's mostly take any.</summary>
    public string Region { get; init; } = "us-east-1";

    /// <summary>Whether the bucket stands in the path; otherwise it is a part of the host's name.</summary>
    public bool PathStyle { get; init; }

    /// <summary>The key's name; null to ask the machine's role, as Amazon's computers and containers have one.</summary>
    public string? AccessKeyId { get; init; }

    /// <summary>The key's secret.</summary>
    public string? SecretAccessKey { get; init; }

    /// <summary>Goes with a temporary key; null for a lasting one.</summary>
    public string? SessionToken { get; init; }

    /// <summary>How long one attempt at a request may take, and a reading wait for more bytes.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// How often a request is tried again when the service is busy, fails, is silent or the connection is lost; after 0.1 s at
    /// first, twice as long each time and 5 s at most.
    /// </summary>
    public int Retries { get; init; } = 6;

    /// <summary>The clock that pauses and patience go by.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Bytes that are collected in memory before they are sent; a larger blob goes in several parts.</summary>
    internal int PartBytes { get; init; } = 16 << 20;

    /// <summary>Names of one page of a listing.</summary>
    internal int PageNames { get; init; } = 1000;

    /// <summary>Makes connections; null for the framework's own way.</summary>
    internal Func<SocketsHttpConnectionContext, CancellationToken, ValueTask<Stream>>? Connect { get; init; }

    /// <summary>The store as a person would write it, without keys.</summary>
    public override string ToString() => Prefix.Length == 0 ? $"s3://{Bucket}" : $"s3://{Bucket}/{Prefix}";
}
