using DistRec.Training.Blocks;
using DistRec.Training.Coordination;
using DistRec.Training.Journal;
using DistRec.Training.Partitions;
using DistRec.Training.Storage;
using DistRec.Training.Transfer;
using DistRec.Training.Work;

namespace DistRec.Training.Jobs;

/// <summary>
/// Keeps a cluster's job: events in the journal, snapshots and the model in the store. A journal that cannot be written is waited for: the
/// job goes on, and what it tells is shown when it is written.
/// </summary>
/// <param name="blocks">The exchange of this node.</param>
/// <param name="spec">The job.</param>
/// <param name="store">The store of the cluster's jobs.</param>
/// <param name="journal">The journal; see <see cref="PatientJournal"/>.</param>
/// <param name="term">The term of the queue that runs the job; what is kept in a later one is out of reach.</param>
internal sealed class StoreKeeper(IBlockExchange blocks, JobSpec spec, IBlobStore store, PatientJournal journal, long term) : IJobKeeper
{
    private readonly StoredJob _stored = new(store, spec.Job);
    private readonly AsyncGate _model = new();

    /// <inheritdoc/>
    public async Task<JobStart> PrepareAsync(CancellationToken cancellationToken)
    {
        long told = await BeginAsync(cancellationToken).ConfigureAwait(false);
        blocks.DropJob(spec.Job);
        blocks.DropJob(JobBlocks.DataOf(spec.Job));

        // Only now that earlier starts are refused: what the newest snapshot needs is not removed by them any more.
        Snapshot? snapshot = await _stored.FindSnapshotAsync(cancellationToken).ConfigureAwait(false);
        await _stored.PublishAsync(blocks, spec, snapshot, cancellationToken).ConfigureAwait(false);
        return new JobStart(snapshot, told);
    }

    /// <inheritdoc/>
    public async Task OnEventAsync(JobEvent jobEvent, CancellationToken cancellationToken)
    {
        if (jobEvent.State is { State: JobState.Failed } or { State: JobState.Cancelled, BestEpoch: 0 })
        {
            await LeaveNoModelAsync(cancellationToken).ConfigureAwait(false);
        }

        if (jobEvent.Progress is null && jobEvent.Tables is null)
        {
            await journal.AppendAsync(spec.Job, jobEvent, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public async Task TakeAsync(TablesPublished tables, EndpointTable endpoints, CancellationToken cancellationToken)
    {
        switch (tables.Purpose)
        {
            case TablesPurpose.Model:
                await TakeModelAsync(tables.Version, endpoints, cancellationToken).ConfigureAwait(false);
                break;
            case TablesPurpose.Snapshot:
                await TakeSnapshotAsync(tables, endpoints, cancellationToken).ConfigureAwait(false);
                break;
            case TablesPurpose.HandOver:
                await TakeHandOverAsync(tables, endpoints, cancellationToken).ConfigureAwait(false);
                break;
            default:
                throw new InvalidOperationException($"a job with a store has no use for tables published as {tables.Purpose}");
        }
    }

    // Neither progress nor rounds are journalled. Every start numbers above all that anyone may have seen of the ones before: events that
    // somebody watched, versions that nodes dropped or still hold.
    private async Task<long> BeginAsync(CancellationToken cancellationToken)
    {
        JobEntry entry = await journal.FindAsync(spec.Job, cancellationToken).ConfigureAwait(false)
            ?? throw new InvalidOperationException($"expected the job {spec.Job} in the journal, found none; somebody removed it");
        if (!entry.Spec.HasFirstShard)
        {
            // Before any partition is sent to: whoever takes the job over finds them where they are.
            await journal.PlaceAsync(spec, term, cancellationToken).ConfigureAwait(false);
        }

        JobEvent begun = new() { Sequence = JobTerm.FirstNumber(term) };
        if (entry.LastSequence == 0)
        {
            begun.State = new StateChanged { State = JobState.Loading };
        }
        else
        {
            begun.Note = new Note { Text = "the job is taken up again from its last snapshot, or from its start" };
        }

        await journal.AppendAsync(spec.Job, begun, cancellationToken).ConfigureAwait(false);
        return begun.Sequence;
    }

    private async Task TakeModelAsync(long version, EndpointTable endpoints, CancellationToken cancellationToken)
    {
        await _model.EnterAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            foreach (Side side in new[] { Side.User, Side.Item })
            {
                await ForEachAsync(side, version, JobBlocks.Tables, endpoints, null, Put, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            _model.Leave();
        }

        Task Put(string region, int block, IBlock tables, CancellationToken stop) => _stored.PutModelAsync(term, region, block, tables, stop);
    }

    // A model is there as a whole or not at all.
    private async Task LeaveNoModelAsync(CancellationToken cancellationToken)
    {
        await _model.EnterAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await _stored.DeleteModelAsync(term, cancellationToken).ConfigureAwait(false);
        }
        catch (BlobStoreException)
        {
            // What kept the model from being stored may keep it from being removed, and is told already.
        }
        finally
        {
            _model.Leave();
        }
    }

    // Where rows follow from the other side alone, the item tables are enough: user tables are solved from them again.
    private async Task TakeSnapshotAsync(TablesPublished tables, EndpointTable endpoints, CancellationToken cancellationToken)
    {
        foreach (Side side in spec.Options.RemembersRows ? new[] { Side.User, Side.Item } : [Side.Item])
        {
            await PutAsync(side, tables.Version, JobBlocks.Tables, endpoints, null, cancellationToken).ConfigureAwait(false);
            if (spec.Options.RemembersRows && tables.Snapshot.BestItems == tables.Version && !tables.Snapshot.BestIsCurrent)
            {
                await PutAsync(side, tables.Version, JobBlocks.BestTables, endpoints, null, cancellationToken).ConfigureAwait(false);
            }
        }

        // Whoever takes the job over after this look finds this snapshot, and needs nothing older: it may go, however late that happens.
        await _stored.PutSnapshotAsync(tables.Snapshot, cancellationToken).ConfigureAwait(false);
        await journal.RequireNewestAsync(term, cancellationToken).ConfigureAwait(false);
        await _stored.DeleteOlderAsync(tables.Snapshot, tables.Stored, cancellationToken).ConfigureAwait(false);
    }

    private async Task TakeHandOverAsync(TablesPublished tables, EndpointTable endpoints, CancellationToken cancellationToken)
    {
        HashSet<PartitionId> leaving = [.. tables.Partitions.Select(partition => partition.Id)];
        foreach (string name in new[] { JobBlocks.Tables, JobBlocks.BestTables })
        {
            await PutAsync(Side.User, tables.Version, name, endpoints, leaving, cancellationToken).ConfigureAwait(false);
            await PutAsync(Side.Item, tables.Version, name, endpoints, leaving, cancellationToken).ConfigureAwait(false);
        }
    }

    private Task PutAsync(
        Side side, long version, string name, EndpointTable endpoints, HashSet<PartitionId>? only, CancellationToken cancellationToken) =>
        ForEachAsync(
            side,
            version,
            name,
            endpoints,
            only,
            (region, block, values, stop) => _stored.PutTablesAsync(blocks, version, name, region, block, values, stop),
            cancellationToken);

    // Of all partitions, or of some only.
    private async Task ForEachAsync(
        Side side,
        long version,
        string name,
        EndpointTable endpoints,
        HashSet<PartitionId>? only,
        Func<string, int, IBlock, CancellationToken, Task> put,
        CancellationToken cancellationToken)
    {
        int count = JobLayout.StartsOf(side, spec).Count - 1;
        foreach (int block in Enumerable.Range(0, count).Where(block => only?.Contains(JobLayout.OwnerOf(side, spec, block)) != false))
        {
            FactorBlock tables = await PublishedTables.PullAsync(blocks, spec, endpoints, side, version, name, block, cancellationToken).ConfigureAwait(false);
            await put(JobLayout.RegionOf(side, spec), block, tables, cancellationToken).ConfigureAwait(false);
        }
    }
}
