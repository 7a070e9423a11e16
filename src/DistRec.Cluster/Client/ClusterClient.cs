using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using DistRec.Cluster.Api;
using DistRec.Cluster.Security;
using DistRec.Training.Blocks;
using DistRec.Training.Partitions;
using DistRec.Training.Protocol;
using DistRec.Training.Transfer;
using Google.Protobuf;

namespace DistRec.Cluster.Client;

/// <summary>
/// Calls a cluster's API at a coordinator. Every call ends in an answer or in a <see cref="ClusterException"/> that says what is wrong;
/// none is repeated here. All members are thread-safe.
/// </summary>
public sealed class ClusterClient : IDisposable
{
    private static readonly JsonParser Messages = new(JsonParser.Settings.Default.WithIgnoreUnknownFields(true));

    private readonly ClusterCalls _calls;

    /// <param name="cluster">Where the coordinator listens, such as <c>http://10.0.0.1:7400</c>.</param>
    /// <param name="secret">The cluster's secret; null where it has none.</param>
    /// <param name="options">Time limits; null for those that suit most networks.</param>
    /// <exception cref="ArgumentException">The address is not that of a cluster.</exception>
    /// <exception cref="System.Security.Cryptography.CryptographicException">A certificate or key cannot be used.</exception>
    /// <exception cref="IOException">A certificate or key cannot be read.</exception>
    public ClusterClient(Uri cluster, ClusterSecret? secret, ClusterClientOptions? options = null)
        : this([cluster], secret, options)
    {
    }

    /// <param name="coordinators">Where the coordinators listen, at least one: where one does not answer, the next call goes to the next.</param>
    /// <param name="secret">The cluster's secret; null where it has none.</param>
    /// <param name="options">Time limits; null for those that suit most networks.</param>
    /// <exception cref="ArgumentException">There is none, or an address is not that of a cluster.</exception>
    /// <exception cref="System.Security.Cryptography.CryptographicException">A certificate or key cannot be used.</exception>
    /// <exception cref="IOException">A certificate or key cannot be read.</exception>
    public ClusterClient(IReadOnlyList<Uri> coordinators, ClusterSecret? secret, ClusterClientOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(coordinators);
        ArgumentOutOfRangeException.ThrowIfZero(coordinators.Count, nameof(coordinators));
        if (coordinators.Select(FaultOf).FirstOrDefault(fault => fault is not null) is { } found)
        {
            throw new ArgumentException($"the cluster's address: expected one such as http://10.0.0.1:7400, found {found}", nameof(coordinators));
        }

        _calls = new ClusterCalls(coordinators, secret, options ?? new ClusterClientOptions());
    }

    /// <summary>Where the next call goes.</summary>
    public Uri Address => _calls.Address;

    /// <summary>The clock.</summary>
    public TimeProvider Time => _calls.Options.Time;

    /// <summary>What keeps an address from being a cluster's, in words; null where nothing does.</summary>
    public static string? FaultOf(Uri cluster)
    {
        ArgumentNullException.ThrowIfNull(cluster);
        return !cluster.IsAbsoluteUri || cluster.Scheme is not ("http" or "https") ? "one that does not begin with http:// or https://"
            : cluster.UserInfo.Length > 0 ? "one with a name or password in it"
            : cluster.PathAndQuery != "/" || cluster.Fragment.Length > 0
                ? $"one with something after the port ({cluster.PathAndQuery}{cluster.Fragment})"
            : null;
    }

    /// <summary>Nodes, shards, the running job.</summary>
    public Task<ClusterStatus> StatusAsync(CancellationToken cancellationToken = default) =>
        _calls.AskAsync(HttpMethod.Get, "/cluster", ApiJson.Default.ClusterStatus, cancellationToken);

    /// <summary>All jobs in the order of their submission.</summary>
    public async Task<IReadOnlyList<JobSummary>> JobsAsync(CancellationToken cancellationToken = default) =>
        (await _calls.AskAsync(HttpMethod.Get, "/jobs", ApiJson.Default.JobList, cancellationToken).ConfigureAwait(false)).Jobs;

    /// <summary>One job.</summary>
    public Task<JobSummary> JobAsync(string job, CancellationToken cancellationToken = default) =>
        _calls.AskAsync(HttpMethod.Get, PathOf(job), ApiJson.Default.JobSummary, cancellationToken);

    /// <summary>Uploads the ratings of one partition of a job that is not submitted yet; may be repeated.</summary>
    public Task PutRatingsAsync(string job, string kind, int shard, IBlock ratings, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(ratings);
        return _calls.TellAsync(
            HttpMethod.Put, string.Create(CultureInfo.InvariantCulture, $"{PathOf(job)}/data/{kind}-{shard}"), cancellationToken,
            idle => new BlockContent(ratings, idle) { Headers = { ContentType = new MediaTypeHeaderValue("application/octet-stream") } });
    }

    /// <summary>Puts a job at the end of the queue; its ratings are uploaded. The same job may be submitted again.</summary>
    public Task<JobSummary> SubmitAsync(JobSpec spec, string name, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(spec);
        ArgumentNullException.ThrowIfNull(name);
        byte[] body = JsonSerializer.SerializeToUtf8Bytes(
            new SubmitRequest(spec.Job, name, JsonElement.Parse(JsonFormatter.Default.Format(spec))), ApiJson.Default.SubmitRequest);
        return _calls.AskAsync(
            HttpMethod.Post, "/jobs", ApiJson.Default.JobSummary, cancellationToken,
            () => new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } });
    }

    /// <summary>The events of a job after a sequence number; waits for one a while, and gives none where there was none.</summary>
    public Task<JobEvents> EventsAsync(string job, long after, CancellationToken cancellationToken = default) =>
        _calls.SendAsync(
            HttpMethod.Get,
            string.Create(CultureInfo.InvariantCulture, $"{PathOf(job)}/events?after={after}"),
            _ => null,
            _calls.Options.NewsTimeout,
            static async (body, _, token) =>
            {
                using StreamReader text = new(body);
                return Messages.Parse<JobEvents>(await text.ReadToEndAsync(token).ConfigureAwait(false));
            },
            cancellationToken);

    /// <summary>Asks a job to stop; what its finished epochs have learned becomes its model.</summary>
    public Task CancelAsync(string job, CancellationToken cancellationToken = default) =>
        _calls.TellAsync(HttpMethod.Post, PathOf(job) + "/cancel", cancellationToken);

    /// <summary>One block of a finished job's model.</summary>
    public Task<FactorBlock> ModelBlockAsync(string job, string kind, int block, CancellationToken cancellationToken = default) =>
        _calls.SendAsync(
            HttpMethod.Get,
            string.Create(CultureInfo.InvariantCulture, $"{PathOf(job)}/model/{kind}-{block}"),
            _ => null,
            _calls.Options.IdleTimeout,
            static async (body, length, token) => length < 0
                ? throw new InvalidDataException("a block of factors without its length")
                : await FactorBlock.Reader.Instance.ReadAsync(body, length, token).ConfigureAwait(false),
            cancellationToken);

    /// <summary>
    /// Removes an ended job, its model and its record, or what was uploaded for a job that was never submitted.
    /// </summary>
    public Task RemoveAsync(string job, CancellationToken cancellationToken = default) =>
        _calls.TellAsync(HttpMethod.Delete, PathOf(job), cancellationToken);

    public void Dispose() => _calls.Dispose();

    private static string PathOf(string job) => JobIds.IsValid(job)
        ? $"/jobs/{job}"
        : throw new ArgumentException($"expected the id of a job, found \"{job}\"", nameof(job));
}
