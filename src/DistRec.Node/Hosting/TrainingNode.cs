using DistRec.Actors;
using DistRec.Actors.Cluster;
using DistRec.Node.Api;
using DistRec.Node.Hosting.Engines;
using DistRec.Training.Actors;
using DistRec.Training.Journal;
using DistRec.Training.Storage;
using Microsoft.Extensions.Logging;

namespace DistRec.Node.Hosting;

/// <summary>
/// One node of a training cluster: a seed with the queue of jobs, their store and the HTTP API, or a worker with partitions.
/// </summary>
public sealed class TrainingNode : IAsyncDisposable
{
    /// <summary>Partitions of each side that a job on a cluster may have.</summary>
    public const int MaximumPartitions = 64;

    private readonly INodeEngine _engine;
    private readonly JobJournal? _journal;

    private TrainingNode(INodeEngine engine, JobJournal? journal)
    {
        _engine = engine;
        _journal = journal;
    }

    /// <summary>How other nodes reach it.</summary>
    public Uri Address => _engine.Address;

    /// <summary>The nodes it knows of.</summary>
    public IClusterView Cluster => _engine.Cluster;

    /// <summary>Completes when an actor failed for good anywhere in the cluster.</summary>
    public Task<ActorFailure> Failed => _engine.System.Failed;

    /// <summary>Completes when the cluster goes on without this node, such as after it was cut off; a process that wants to be back starts again.</summary>
    public Task Removed => _engine.Removed;

    /// <summary>Whether this build can run on an engine.</summary>
    public static bool Has(NodeEngine engine) => NodeEngines.Makers.ContainsKey(engine);

    /// <summary>Starts a node; a worker waits until the seed lets it in.</summary>
    /// <exception cref="ArgumentException">The options are not usable.</exception>
    /// <exception cref="Data.InputException">Store or journal cannot be used.</exception>
    /// <exception cref="NodeRefusedException">The seed does not let it in.</exception>
    /// <exception cref="IOException">The address to listen on is taken.</exception>
    public static async Task<TrainingNode> StartAsync(
        TrainingNodeOptions options, ILoggerFactory loggers, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(loggers);
        bool isSeed = options.Role == StandaloneOptions.SeedRole;
        JobJournal? journal = isSeed ? await JobJournal.OpenAsync(options.Journal, options.Time, cancellationToken).ConfigureAwait(false) : null;
        IBlobStore? store = null;
        INodeEngine? engine = null;
        try
        {
            store = isSeed ? BlobStores.Open(options.Store) : null;
            JobApi? api = null;
            engine = NodeEngines.Make(
                options,
                routes =>
                {
                    HealthEndpoint.Map(routes);
                    api?.Map(routes);
                },
                loggers);
            if (isSeed)
            {
                api = new JobApi(engine.System, engine.Cluster, journal!, store!, options.Secret, options.Time, loggers.CreateLogger<JobApi>());
            }

            await engine.StartAsync(
                [
                    new ActorKind(Addresses.SourceKind, 1, _ => new JobsActor(journal!, store!, loggers.CreateLogger<JobsActor>()), StandaloneOptions.SeedRole),
                    .. new ParticipantFactories { Logger = loggers.CreateLogger("DistRec.Training.Coordinator") }
                        .Kinds(MaximumPartitions, StandaloneOptions.SeedRole, StandaloneOptions.WorkerRole),
                ],
                cancellationToken).ConfigureAwait(false);
            return new TrainingNode(engine, journal);
        }
        catch
        {
            if (engine is not null)
            {
                await engine.DisposeAsync().ConfigureAwait(false);
            }

            if (journal is not null)
            {
                await journal.DisposeAsync().ConfigureAwait(false);
            }

            (store as IDisposable)?.Dispose();
            throw;
        }
    }

    /// <summary>Leaves the cluster in good order: a worker's partitions move to other nodes first.</summary>
    public Task LeaveAsync(CancellationToken cancellationToken = default) => _engine.LeaveAsync(cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _engine.DisposeAsync().ConfigureAwait(false);
        if (_journal is not null)
        {
            await _journal.DisposeAsync().ConfigureAwait(false);
        }
    }
}
