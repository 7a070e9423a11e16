using DistRec.Cluster.Client;

namespace DistRec.Cli.Verbs;

/// <summary><c>distrec remove</c>: a job that has ended is needed no more.</summary>
internal sealed class RemoveVerb : JobWordVerb
{
    public override string Name => "remove";

    public override string Summary => "Removes a job that has ended from a cluster, with its model and all that is stored of it";

    public override IReadOnlyList<(string Line, string Purpose)> Examples { get; } =
        [("distrec remove 20260131-184205-3fa91c --cluster http://10.0.0.1:7400", "frees its place in the store; models that were fetched stay")];

    protected override Task SayAsync(ClusterClient client, string job, CancellationToken cancellationToken) => client.RemoveAsync(job, cancellationToken);

    protected override object Answer(string job) => new { job, removed = true };

    protected override string Told(string job) => $"job {job} is removed";
}
