namespace DistRec.Serving.Api;

/// <summary>A node of the server's cluster.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Role">coordinator, worker, predictor, or several with commas.</param>
/// <param name="State">What the cluster counts it as: joining, up, leaving, exiting, down, or unreachable.</param>
/// <param name="Address">Where other nodes reach it.</param>
/// <param name="Threads">How many threads train on it; 0 for none, or where it does not answer.</param>
/// <param name="Version">Of the program on it; empty where it does not answer.</param>
/// <param name="Shards">What lives on it, as region/number.</param>
public sealed record NodeAnswer(
    string Id, string Role, string State, string Address, int Threads, string Version, IReadOnlyList<string> Shards);

/// <summary>How many partitions of users live on a node.</summary>
public sealed record HostedPartitions(string Node, int Count);

/// <summary>Where the partitions of users live.</summary>
/// <param name="Count">How many there are in all.</param>
/// <param name="Hosted">How many of them each node has.</param>
public sealed record PartitionsAnswer(int Count, IReadOnlyList<HostedPartitions> Hosted);

/// <summary>The server's cluster.</summary>
/// <param name="Version">Of the program on the node that coordinates.</param>
/// <param name="Nodes">The nodes, coordinators first.</param>
/// <param name="Partitions">Where users live.</param>
public sealed record ClusterAnswer(string Version, IReadOnlyList<NodeAnswer> Nodes, PartitionsAnswer Partitions);

/// <summary>The requests that a server answered; those that only watch it are none.</summary>
/// <param name="Total">Since it started.</param>
/// <param name="PerSecond">In the last minute.</param>
/// <param name="Failed">Those of status 500 and above, since it started.</param>
/// <param name="P50Milliseconds">Half of the last minute's took no longer, within 6 %; null where there were none.</param>
/// <param name="P99Milliseconds">99 of 100 of the last minute's took no longer, within 6 %; null where there were none.</param>
public sealed record RequestFigures(long Total, double PerSecond, long Failed, double? P50Milliseconds, double? P99Milliseconds);

/// <summary>The version that answers who names no model.</summary>
/// <param name="Name">Name of the model.</param>
/// <param name="Version">The version.</param>
/// <param name="Kind">Kind of model, such as als.</param>
/// <param name="Rank">Number of factors; 0 for a model without.</param>
/// <param name="ModelSha256">Hash of its tables.</param>
/// <param name="Metrics">Final figures of its training by name, such as testRmse.</param>
/// <param name="DataName">What it was trained on.</param>
/// <param name="Users">Users that it knows.</param>
/// <param name="Items">Items that it knows.</param>
/// <param name="Ratings">Training ratings that are stored with it; 0 where they are not.</param>
/// <param name="Created">When its training ended.</param>
public sealed record ActiveModelAnswer(
    string Name,
    int Version,
    string Kind,
    int Rank,
    string ModelSha256,
    IReadOnlyDictionary<string, double> Metrics,
    string DataName,
    int Users,
    int Items,
    long Ratings,
    DateTimeOffset Created);

/// <summary>What a server is doing.</summary>
/// <param name="Version">Of its program.</param>
/// <param name="UptimeSeconds">How long it runs.</param>
/// <param name="Requests">What it answered.</param>
/// <param name="Model">What answers; null where no model is active.</param>
/// <param name="Users">Users that the model knows.</param>
/// <param name="Items">Items that the model knows.</param>
/// <param name="Ratings">Training ratings that are stored with the model.</param>
/// <param name="NewRatings">Items that users have rated since, of the users who live on this node.</param>
/// <param name="JobsRunning">Jobs that have not ended; null where the cluster does not tell.</param>
public sealed record OverviewAnswer(
    string Version,
    double UptimeSeconds,
    RequestFigures Requests,
    ActiveModelAnswer? Model,
    int Users,
    int Items,
    long Ratings,
    long NewRatings,
    int? JobsRunning);
