using System.Text.Json;
using System.Text.Json.Serialization;

namespace DistRec.Cluster.Api;

/// <summary>What is known of a job without its curve and model.</summary>
/// <param name="Id">Names it in every call.</param>
/// <param name="Name">What its submitter calls it; empty for no name.</param>
/// <param name="Model">Kind of model: baseline, als or mf.</param>
/// <param name="State">Where it stands: a word of <see cref="JobStateNames"/>.</param>
/// <param name="Reason">Why it ended; empty until then.</param>
/// <param name="Submitted">When it was submitted.</param>
/// <param name="Started">When its training began; null before.</param>
/// <param name="Ended">When it ended; null before.</param>
/// <param name="Epochs">Most epochs it may take.</param>
/// <param name="Epoch">The newest epoch that is done; 0 for none.</param>
/// <param name="ValidationRmse">Of that epoch; null where none is done or nothing was kept aside.</param>
public sealed record JobSummary(
    string Id,
    string Name,
    string Model,
    string State,
    string Reason,
    DateTimeOffset Submitted,
    DateTimeOffset? Started,
    DateTimeOffset? Ended,
    int Epochs,
    int Epoch,
    double? ValidationRmse);

/// <summary>Jobs in the order of their submission.</summary>
public sealed record JobList(IReadOnlyList<JobSummary> Jobs);

/// <summary>Asks for a job; its ratings were uploaded before.</summary>
/// <param name="Id">The submitter's choice, never used before.</param>
/// <param name="Name">What the submitter calls it; empty for no name.</param>
/// <param name="Spec">The job's specification in the JSON form of Protocol Buffers; its job is <paramref name="Id"/>.</param>
public sealed record SubmitRequest(string Id, string Name, JsonElement Spec);

/// <summary>What a cluster is doing.</summary>
/// <param name="Version">Of the program on the node that answers.</param>
/// <param name="Nodes">The nodes, coordinators first.</param>
/// <param name="Jobs">The jobs that have not ended, in the order of their submission.</param>
/// <param name="StoredBytes">Size of the stored jobs' data; null where the store does not tell.</param>
public sealed record ClusterStatus(
    string Version,
    IReadOnlyList<NodeStatus> Nodes,
    IReadOnlyList<PendingJob> Jobs,
    long? StoredBytes)
{
    /// <summary>Jobs that run at once at most; the others wait.</summary>
    public int MaximumJobs { get; init; }
}

/// <summary>A job that has not ended.</summary>
/// <param name="Job">What is known of it.</param>
/// <param name="LastEpoch">What its newest epoch moved; null before one is done.</param>
public sealed record PendingJob(JobSummary Job, EpochTraffic? LastEpoch);

/// <summary>One node of a cluster.</summary>
/// <param name="Id">Its name, which it keeps when it is started again.</param>
/// <param name="Incarnation">Tells one start of the node from the next.</param>
/// <param name="Role">coordinator, worker, or both with a comma.</param>
/// <param name="State">What the cluster counts it as: joining, up, leaving, exiting, down, or unreachable.</param>
/// <param name="Address">Where clients and other nodes reach it; its address in the cluster where it does not answer.</param>
/// <param name="Threads">How many threads train on it; 0 for none, or where it does not answer.</param>
/// <param name="Version">Of the program on it; empty where it does not answer.</param>
/// <param name="Shards">Shards that live on it, as region/number: jobs that run at once have numbers of their own, one a partition.</param>
/// <param name="ReceivedBytes">Bytes of blocks that it got from other nodes; null where that is not known.</param>
/// <param name="SentBytes">Bytes of blocks that it gave to other nodes; null where that is not known.</param>
public sealed record NodeStatus(
    string Id,
    long Incarnation,
    string Role,
    string State,
    string Address,
    int Threads,
    string Version,
    IReadOnlyList<string> Shards,
    long? ReceivedBytes,
    long? SentBytes);

/// <summary>What one epoch moved between nodes.</summary>
/// <param name="Epoch">Which one, from 1.</param>
/// <param name="ReceivedBytes">Factor rows that came from other nodes.</param>
/// <param name="NeededBytes">The least that had to: each needed row once for every node.</param>
/// <param name="Seconds">How long it trained.</param>
public sealed record EpochTraffic(int Epoch, long ReceivedBytes, long NeededBytes, double Seconds);

/// <summary>Why a request was refused: the members of RFC 9457 that a cluster uses.</summary>
/// <param name="Title">What is wrong, in a few words.</param>
/// <param name="Detail">What was expected, what was found and what to do.</param>
/// <param name="Status">The HTTP status.</param>
public sealed record ProblemAnswer(string? Title, string? Detail, int? Status);

/// <summary>The API's records as JSON, in camel case.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(JobSummary))]
[JsonSerializable(typeof(JobList))]
[JsonSerializable(typeof(SubmitRequest))]
[JsonSerializable(typeof(ClusterStatus))]
[JsonSerializable(typeof(ProblemAnswer))]
public sealed partial class ApiJson : JsonSerializerContext;
