using Akka.Actor;
using DistRec.Cluster.Api;
using DistRec.Training.Actors;
using DistRec.Training.Jobs;
using DistRec.Training.Journal;
using DistRec.Training.Storage;
using DistRec.Training.Work;
using Microsoft.Extensions.Logging;

namespace DistRec.Cluster.Hosting;

/// <summary>What a coordinator has beside its actors: the journal, the store and what is uploaded.</summary>
internal sealed class CoordinatorServices : IAsyncDisposable
{
    private readonly ClusterNodeOptions _options;
    private readonly ILoggerFactory _loggers;
    private readonly PatientJournal _patient;
    private readonly JobJournal _journal;

    private CoordinatorServices(ClusterNodeOptions options, JobJournal journal, IBlobStore store, ILoggerFactory loggers)
    {
        _options = options;
        _loggers = loggers;
        _journal = journal;
        Store = store;
        _patient = new PatientJournal(journal, loggers.CreateLogger<JobQueueActor>(), options.Time);
        Uploads = new UploadLedger(store, journal, options, loggers.CreateLogger<UploadLedger>());
    }

    public IJobJournal Journal => _journal;

    public IBlobStore Store { get; }

    public UploadLedger Uploads { get; }

    /// <exception cref="Data.InputException">Store or journal cannot be used.</exception>
    public static async Task<CoordinatorServices> OpenAsync(ClusterNodeOptions options, ILoggerFactory loggers, CancellationToken cancellationToken)
    {
        JobJournal journal = await JobJournal.OpenAsync(options.Journal, options.Time, cancellationToken).ConfigureAwait(false);
        try
        {
            return new CoordinatorServices(options, journal, BlobStores.Open(options.Store), loggers);
        }
        catch
        {
            await journal.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>The queue of jobs, where it lives on this node.</summary>
    public Props QueueProps(PartitionRegions regions, NodeResources node) => JobQueueActor.Props(
        () => new JobQueueKeeper(_patient, Store, _loggers.CreateLogger<JobQueueActor>()),
        (entry, term) => CoordinatorActor.Props(
            entry.Spec, new StoreKeeper(node.Blocks, entry.Spec, Store, _patient, term), regions, node,
            _loggers.CreateLogger("DistRec.Training.Coordinator"), _options.Time),
        regions,
        _options.MaximumJobs);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Uploads.Dispose();
        await _journal.DisposeAsync().ConfigureAwait(false);
        (Store as IDisposable)?.Dispose();
    }
}
